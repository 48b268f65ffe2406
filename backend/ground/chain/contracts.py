"""What the case and the poll contract have in common: a typed view is an eth_call, an act is a ContractCall."""

from __future__ import annotations

from typing import Any, ClassVar

from eth_abi.exceptions import DecodingError

from backend.ground.chain import artifacts
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from backend.ground.chain.typed_data import address_bytes


class Contract:
    """One contract at one address."""

    artifact_name: ClassVar[str]

    def __init__(self, node: Node, address: str) -> None:
        self.address = "0x" + address_bytes(address).hex()
        self._node = node
        self._artifact = artifacts.load(self.artifact_name)

    def view(self, function: str, *values: object, block: int | str = "latest") -> tuple[Any, ...]:
        """What a view returns at a block.

        Raises: TransactionReverted; NodeNotAnswering, also when the node knows no such contract (yet).
        """
        data = self._node.call(self.call(function, *values), block=block)
        try:
            return self._artifact.decode_result(function, data)
        except DecodingError as error:
            raise NodeNotAnswering(reason=f"{self.artifact_name} {self.address}") from error

    def call(self, function: str, *values: object, gas_limit: int | None = None) -> ContractCall:
        """The call, ready for `Chain.send`."""
        return ContractCall(self.address, self._artifact.encode_call(function, values), gas_limit)
