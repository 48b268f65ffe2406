"""JSON-RPC to one node, by web3.py; errors of the transport and refusals of the node kept apart.

What asks of every block or ballot and must be exact reads the node's own words (`ask`); all else asks through `web3` (docs/adr/0013).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from backend.ground.chain import artifacts
from backend.ground.chain.answers import HEX, read_answer, read_block
from backend.ground.chain.calls import Block, ContractCall
from backend.ground.chain.errors import AnswerWithoutEnd, NodeNotAnswering, TransactionReverted

if TYPE_CHECKING:
    from web3 import Web3
    from web3.contract import Contract
    from web3.types import RPCEndpoint, TxData, TxParams

    from backend.ground.chain.provider import PooledProvider

Json = dict[str, Any]
#: How nodes say that a call got less gas than it needs, or needs more than one transaction may have.
_TOO_LITTLE_GAS = ("out of gas", "outofgas", "intrinsic gas", "gas required exceeds", "exceeds block gas limit", "gas limit too high")

#: How nodes say that a new block came between their reading of "latest" and of that block's state.
_BLOCK_MOVED_ON = ("blockoutofrange", "header not found", "header does not exist", "unknown block", "block not found")
_ASK_NEWEST_TIMES = 4
#: How nodes say that they have the transaction already, or another one under its nonce.
_SENT_BEFORE = ("already known", "alreadyknown", "known transaction", "already imported", "already exists")
_NONCE_HELD = ("nonce too low", "oldnonce", "replacement")
_MOST_MESSAGE = 1000


#: What a refusal means that is about gas; nodes have bounds of their own, so nothing follows from one that says so.
WANTS_OTHER_GAS = "wants other gas"


class NodeRefused(Exception):
    """The node answered with an error; `revert` is the revert data, or None when nothing was executed."""

    def __init__(self, code: int, message: str, revert: bytes | None) -> None:
        self.code = code
        # Half a letter in it could be written down nowhere.
        self.message = message[:_MOST_MESSAGE].encode("utf-8", "replace").decode()
        self.revert = revert
        super().__init__(f"{code}: {self.message}")

    def _says(self, words: tuple[str, ...]) -> bool:
        return any(one in self.message.lower() for one in words)

    @property
    def wants_other_gas(self) -> bool:
        """Whether the call got less gas than it needs, or needs more than one transaction may have."""
        return self._says(_TOO_LITTLE_GAS)

    @property
    def was_sent(self) -> bool:
        """Whether the node says that it has the transaction, or another one under its nonce."""
        return self._says(_SENT_BEFORE) or self._says(_NONCE_HELD)

    @property
    def moved_on(self) -> bool:
        """Whether a new block came between the node's reading of "latest" and of that block's state."""
        return self.revert is None and self._says(_BLOCK_MOVED_ON)

    @property
    def meaning(self) -> str:
        """What follows from it: nodes say the same in other words, and nothing follows from words that only one says."""
        if self.wants_other_gas:
            return WANTS_OTHER_GAS
        return "reverted 0x" + self.revert.hex() if self.revert is not None else "refused"


class Node:
    """One node's JSON-RPC. Every method raises NodeNotAnswering when it cannot be reached."""

    def __init__(self, url: str, timeout_seconds: float = 10, organisation: str = "") -> None:
        self.url = url
        self._organisation = organisation or str(urlsplit(url).hostname)
        self._timeout_seconds = timeout_seconds
        self._interfaces: dict[str, type[Contract]] = {}

    @functools.cached_property
    def _provider(self) -> PooledProvider:
        from backend.ground.chain.provider import PooledProvider

        return PooledProvider(self.url, self._timeout_seconds)

    @functools.cached_property
    def web3(self) -> Web3:
        """web3.py, asking through this node's `ask`; use it inside `executing`."""
        from backend.ground.chain.provider import open_web3

        return open_web3(self.ask)

    def interface(self, name: str) -> type[Contract]:
        """web3.py's class of the contracts of this name, asking here. Raises: ContractsNotBuilt."""
        if name not in self._interfaces:
            self._interfaces[name] = self.web3.eth.contract(abi=artifacts.load(name).abi)
        return self._interfaces[name]

    @property
    def name(self) -> str:
        """Host and port, for logs: an address may carry a password or a token in its other parts."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    def ask(self, method: str, *params: object) -> Any:
        """One request's result; "latest" is the newest block, however often it moves on. Raises: NodeNotAnswering, NodeRefused."""
        for _ in range(_ASK_NEWEST_TIMES - 1 if "latest" in params else 0):
            try:
                return self._read_once(method, *params)
            except NodeRefused as error:
                if not error.moved_on:
                    raise
        return self._read_once(method, *params)

    def _read_once(self, method: str, *params: object) -> Any:
        """What one answer says, of it what is used. Raises: NodeRefused; NodeNotAnswering, also when it cannot be read."""
        return read_answer(method, self._ask_once(method, *params))

    def _ask_once(self, method: str, *params: object) -> Any:
        endpoint: RPCEndpoint = method  # type: ignore[assignment]
        try:
            answer = self._provider.make_request(endpoint, params)
        except AnswerWithoutEnd as error:
            if method != "eth_getLogs":
                raise
            raise NodeRefused(0, "too many events at once", None) from error  # of fewer blocks they may be read
        fault: Any = answer.get("error")
        if not fault:
            return answer["result"]
        if not isinstance(fault, dict):
            raise NodeRefused(0, str(fault), None)
        code = fault.get("code")
        raise NodeRefused(code if isinstance(code, int) else 0, str(fault.get("message", "")), _revert_data(fault))

    def known(self, method: str, *params: object) -> Any:
        """`ask` for what any node must answer. Raises: NodeNotAnswering, also when it refuses or has not got it."""
        try:
            answer = self.ask(method, *params)
        except NodeRefused as error:
            raise NodeNotAnswering(reason=f"{method}: {error.message[:200]}") from error
        if answer is None:
            raise NodeNotAnswering(reason=f"{method}: null")
        return answer

    def chain_id(self) -> int:
        """The chain's id."""
        return int(self.known("eth_chainId"), 16)

    def block(self, number: int | str = "latest") -> Block:
        """A block by number or tag."""
        found = read_block(self.known("eth_getBlockByNumber", _tag(number), False))
        if isinstance(number, int) and found.number != number:
            raise NodeNotAnswering(reason=f"gave block {found.number} for {number}")
        return found

    def hash_of(self, number: int) -> str:
        """The hash of the block with this number, "" when the node has none (or another one: some chains have no block 0)."""
        raw = self._maybe("eth_getBlockByNumber", hex(number), False)
        found = read_block(raw) if raw else None
        return found.hash if found is not None and found.number == number else ""

    def nonce(self, address: str, tag: str = "latest") -> int:
        """How many transactions the account has in blocks; with `pending`, those waiting too."""
        return int(self.known("eth_getTransactionCount", address, tag), 16)

    def call(self, call: ContractCall, sender: str | None = None, block: int | str = "latest") -> bytes:
        """What a call returns, without sending it. Raises: TransactionReverted."""
        identifier: Any = block
        with executing("eth_call"):
            return bytes(self.web3.eth.call(self._transaction(call, sender), identifier))

    def estimate(self, call: ContractCall, sender: str) -> int:
        """The gas a call needs now. Raises: TransactionReverted when it would be refused."""
        with executing("eth_estimateGas"):
            return self.web3.eth.estimate_gas(self._transaction(call, sender), "latest")

    def send_raw(self, raw: bytes) -> None:
        """Hand in signed bytes. Raises: NodeRefused."""
        self.ask("eth_sendRawTransaction", "0x" + raw.hex())

    def receipt(self, tx_hash: str) -> Json | None:
        """The receipt, or None while no block holds the transaction (also when the node says so by an error)."""
        found: Json | None = self._maybe("eth_getTransactionReceipt", tx_hash)
        return found

    def logs(self, addresses: list[str], from_block: int, to_block: int) -> list[Json]:
        """Events of these contracts, both blocks included. Raises: NodeRefused, for a range too large, for one."""
        found: list[Json] = self.ask("eth_getLogs", {"address": addresses, "fromBlock": hex(from_block), "toBlock": hex(to_block)})
        asked = {address.lower() for address in addresses}
        for one in found:
            if one["address"] not in asked or not from_block <= int(one["blockNumber"], 16) <= to_block:
                raise NodeNotAnswering(reason="eth_getLogs: an event that was not asked for")
        return found

    def code(self, address: str) -> bytes:
        """The code at an address, empty when there is none."""
        with asking("eth_getCode"):
            return bytes(self.web3.eth.get_code(self.web3.to_checksum_address(address), "latest"))

    def transaction(self, tx_hash: str) -> TxData:
        """A transaction that the node knows, in a block or not."""
        known: Any = tx_hash
        with asking(tx_hash):
            return self.web3.eth.get_transaction(known)

    def told_by_each(self, method: str, *params: object) -> Iterator[Any]:
        """What each node tells, one after the other; those that are silent or refuse are passed over. For what proves itself."""
        with suppress(NodeNotAnswering, NodeRefused):
            yield self.ask(method, *params)

    @property
    def organisations(self) -> tuple[str, ...]:
        """Who has nodes behind this one, by name."""
        return (self._organisation,)

    @property
    def answers_alone(self) -> int:
        """How many answers rested on one organisation's word though there are several; it only grows."""
        return 0

    def _transaction(self, call: ContractCall, sender: str | None) -> TxParams:
        fields: TxParams = {"data": call.data}
        if call.to is not None:
            fields["to"] = self.web3.to_checksum_address(call.to)
        if sender is not None:
            fields["from"] = self.web3.to_checksum_address(sender)
        if call.gas_limit is not None:
            fields["gas"] = call.gas_limit
        return fields

    def _maybe(self, method: str, *params: object) -> Any:
        try:
            return self.ask(method, *params)
        except NodeRefused:
            return None


@contextmanager
def asking(what: str) -> Iterator[None]:
    """For questions by web3.py that any node must answer. Raises: NodeNotAnswering, also when it refuses or cannot be read."""
    try:
        yield
    except NodeRefused as error:
        raise NodeNotAnswering(reason=f"{what}: {error.message[:200]}") from error
    except _unreadable() as error:
        raise NodeNotAnswering(reason=f"{what}: {type(error).__name__}") from error


@contextmanager
def executing(what: str) -> Iterator[None]:
    """For calls by web3.py, which a contract may refuse. Raises: TransactionReverted, NodeNotAnswering."""
    with asking(what):
        try:
            yield
        except NodeRefused as error:
            if error.wants_other_gas:
                raise TransactionReverted("OutOfGas") from error
            if error.revert is None:
                raise
            raise artifacts.decode_revert(error.revert) from error


def _unreadable() -> tuple[type[Exception], ...]:
    """What web3.py raises over an answer of another shape than it expects: its own errors, and whatever its formatters run into."""
    from web3.exceptions import Web3Exception

    return (Web3Exception, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def _tag(block: int | str) -> str:
    return hex(block) if isinstance(block, int) else block


def _revert_data(fault: Json) -> bytes | None:
    """Revert data, where nodes put it: in `data`, or in `data.data`; empty bytes for a bare revert."""
    data = fault.get("data")
    if isinstance(data, dict):
        data = data.get("data")
    if isinstance(data, str) and HEX.fullmatch(data):
        return bytes.fromhex(data[2:])
    reverted = fault.get("code") == 3 or "revert" in str(fault.get("message", "")).lower()
    return b"" if reverted else None
