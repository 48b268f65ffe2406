"""What the case and the poll contract have in common: a typed view is web3.py's call, an act is a ContractCall."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, ClassVar, TypeVar

from backend.ground.chain import artifacts
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node, executing
from backend.ground.chain.typed_data import address_bytes

E = TypeVar("E", bound=IntEnum)


def one_of(kind: type[E], value: int) -> E:
    """A view's number as what it stands for. Raises: NodeNotAnswering for a number that no contract of ours gives."""
    try:
        return kind(value)
    except ValueError as error:
        raise NodeNotAnswering(reason=f"{kind.__name__} {value}") from error


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
        identifier: Any = block
        asked = self._node.interface(self.artifact_name).functions[function](*values)
        with executing(f"{self.artifact_name} {self.address}"):
            found = asked.call({"to": self._node.web3.to_checksum_address(self.address)}, identifier)
        return (found,) if len(asked.abi["outputs"]) == 1 else tuple(found)

    def call(self, function: str, *values: object, gas_limit: int | None = None) -> ContractCall:
        """The call, ready for `Chain.send`."""
        return ContractCall(self.address, self._artifact.encode_call(function, values), gas_limit)
