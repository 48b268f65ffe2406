"""JSON-RPC to one node; errors of the transport and refusals of the node kept apart.

Over urllib3 alone: web3 loads for a second at every start, and a backend that was killed must serve again soon.
"""

from __future__ import annotations

import itertools
import json
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3

from backend.chain.artifacts import decode_revert
from backend.chain.calls import Block, ContractCall
from backend.chain.errors import NodeNotAnswering, TransactionReverted

Json = dict[str, Any]
#: How nodes say that a call got less gas than it needs, or needs more than one transaction may have.
_TOO_LITTLE_GAS = ("out of gas", "outofgas", "intrinsic gas", "gas required exceeds", "exceeds block gas limit", "gas limit too high")

#: How a node without old states says that a new block came between its reading of "latest" and of that block's state.
_BLOCK_MOVED_ON = "blockoutofrange"
_ASK_NEWEST_TIMES = 4
#: Connections to one node that are kept open; more are opened when more threads ask at once.
_KEPT_CONNECTIONS = 32


class NodeRefused(Exception):
    """The node answered with an error; `revert` is the revert data, or None when nothing was executed."""

    def __init__(self, code: int, message: str, revert: bytes | None) -> None:
        self.code = code
        self.message = message
        self.revert = revert
        super().__init__(f"{code}: {message}")


class Node:
    """One node's JSON-RPC. Every method raises NodeNotAnswering when it cannot be reached."""

    def __init__(self, url: str, timeout_seconds: float = 10) -> None:
        self.url = url
        # No retries below us: the outbox decides what is sent again.
        self._pool = urllib3.PoolManager(
            maxsize=_KEPT_CONNECTIONS, timeout=timeout_seconds, retries=False, headers={"Content-Type": "application/json", **_login(url)}
        )
        self._numbers = itertools.count(1)

    @property
    def name(self) -> str:
        """Host and port, for logs: an address may carry a password or a token in its other parts."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    def ask(self, method: str, *params: object) -> Any:
        """One request's result; "latest" is the newest block, however often it moves on. Raises: NodeNotAnswering, NodeRefused."""
        for _ in range(_ASK_NEWEST_TIMES - 1 if "latest" in params else 0):
            try:
                return self._ask_once(method, *params)
            except NodeRefused as error:
                if _BLOCK_MOVED_ON not in error.message.lower():
                    raise
        return self._ask_once(method, *params)

    def _ask_once(self, method: str, *params: object) -> Any:
        number = next(self._numbers)
        body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
        try:
            response = self._pool.request("POST", self.url, body=body)
            answer = json.loads(response.data)
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            raise NodeNotAnswering(reason=type(error).__name__) from error
        if not isinstance(answer, dict) or not ("result" in answer or answer.get("error")):
            raise NodeNotAnswering(reason=f"HTTP {response.status}")
        fault = answer.get("error")
        if not fault:
            return answer["result"]
        if isinstance(fault, str):
            raise NodeRefused(0, fault, None)
        raise NodeRefused(int(fault.get("code", 0)), str(fault.get("message", "")), _revert_data(dict(fault)))

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
        raw = self.known("eth_getBlockByNumber", _tag(number), False)
        return Block(int(raw["number"], 16), raw["hash"], int(raw["timestamp"], 16))

    def hash_of(self, number: int) -> str:
        """The hash of the block with this number, "" when the node has none."""
        raw = self._maybe("eth_getBlockByNumber", hex(number), False)
        return raw["hash"] if raw else ""

    def nonce(self, address: str, tag: str = "latest") -> int:
        """How many transactions the account has in blocks; with `pending`, those waiting too."""
        return int(self.known("eth_getTransactionCount", address, tag), 16)

    def call(self, call: ContractCall, sender: str | None = None, block: int | str = "latest") -> bytes:
        """What a call returns, without sending it. Raises: TransactionReverted."""
        return bytes.fromhex(str(self._executed("eth_call", _transaction(call, sender), _tag(block))).removeprefix("0x"))

    def estimate(self, call: ContractCall, sender: str) -> int:
        """The gas a call needs now. Raises: TransactionReverted when it would be refused."""
        return int(self._executed("eth_estimateGas", _transaction(call, sender), "latest"), 16)

    def send_raw(self, raw: bytes) -> None:
        """Hand in signed bytes. Raises: NodeRefused."""
        self.ask("eth_sendRawTransaction", "0x" + raw.hex())

    def receipt(self, tx_hash: str) -> Json | None:
        """The receipt, or None while no block holds the transaction (also when the node says so by an error)."""
        raw: Json | None = self._maybe("eth_getTransactionReceipt", tx_hash)
        return raw if raw and raw.get("blockNumber") else None

    def logs(self, addresses: list[str], from_block: int, to_block: int) -> list[Json]:
        """Events of these contracts, both blocks included. Raises: NodeRefused, for a range too large, for one."""
        wanted = {"address": addresses, "fromBlock": hex(from_block), "toBlock": hex(to_block)}
        found: list[Json] = self.ask("eth_getLogs", wanted)
        return found

    def code(self, address: str) -> bytes:
        """The code at an address, empty when there is none."""
        return bytes.fromhex(str(self.known("eth_getCode", address, "latest")).removeprefix("0x"))

    def _maybe(self, method: str, *params: object) -> Any:
        try:
            return self.ask(method, *params)
        except NodeRefused:
            return None

    def _executed(self, method: str, *params: object) -> Any:
        try:
            return self.ask(method, *params)
        except NodeRefused as error:
            if any(words in error.message.lower() for words in _TOO_LITTLE_GAS):
                raise TransactionReverted("OutOfGas") from error
            if error.revert is None:
                raise NodeNotAnswering(reason=f"{method}: {error.message[:200]}") from error
            raise decode_revert(error.revert) from error


def _login(url: str) -> dict[str, str]:
    """The header for a name and password that stand in the address."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    return urllib3.make_headers(basic_auth=f"{unquote(parts.username)}:{unquote(parts.password or '')}")


def _transaction(call: ContractCall, sender: str | None) -> Json:
    fields: Json = {"data": "0x" + call.data.hex()}
    if call.to is not None:
        fields["to"] = call.to
    if sender is not None:
        fields["from"] = sender
    if call.gas_limit is not None:
        fields["gas"] = hex(call.gas_limit)
    return fields


def _tag(block: int | str) -> str:
    return hex(block) if isinstance(block, int) else block


def _revert_data(fault: Json) -> bytes | None:
    """Revert data, where nodes put it: in `data`, or in `data.data`; empty bytes for a bare revert."""
    data = fault.get("data")
    if isinstance(data, dict):
        data = data.get("data")
    if isinstance(data, str) and data.startswith("0x"):
        return bytes.fromhex(data[2:])
    reverted = fault.get("code") == 3 or "revert" in str(fault.get("message", "")).lower()
    return b"" if reverted else None
