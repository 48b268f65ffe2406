"""What nodes say was recorded. Whatever any of them says is told of: an alarm too many does no harm, one too few does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
from eth_hash.auto import keccak

TOPIC = "0x" + keccak(b"BallotsRecorded(bytes)").hex()
BLOCKS_AT_ONCE = 2000
SECONDS = 15.0


class NodeSilent(Exception):
    """A node does not answer, or not what was asked."""


class Nodes:
    """Several organisations' nodes."""

    def __init__(self, urls: Sequence[str], poll: str) -> None:
        self._clients = [(url, httpx.Client(base_url=url, timeout=SECONDS, trust_env=False)) for url in urls]
        self._poll = poll.lower()

    def chain_id(self) -> int:
        """The first answer. Raises: NodeSilent when none answers."""
        for _, client in self._clients:
            try:
                return int(_ask(client, "eth_chainId", []), 16)
            except NodeSilent:
                continue
        raise NodeSilent("no node answers")

    def recorded(self, place: int, from_block: int) -> tuple[list[tuple[int, int, int]], int]:
        """(index, sequence, block) of what one node shows from a block on, and its head. Raises: NodeSilent."""
        _, client = self._clients[place]
        head = int(_ask(client, "eth_blockNumber", []), 16)
        found: list[tuple[int, int, int]] = []
        for first in range(from_block, head + 1, BLOCKS_AT_ONCE):
            span = {"fromBlock": hex(first), "toBlock": hex(min(first + BLOCKS_AT_ONCE - 1, head))}
            for log in _ask(client, "eth_getLogs", [{"address": self._poll, "topics": [TOPIC], **span}]):
                found += _ballots(log)
        return found, head

    def __len__(self) -> int:
        return len(self._clients)


def _ask(client: httpx.Client, method: str, parameters: list[Any]) -> Any:
    try:
        answer = client.post("", json={"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).json()
        return answer["result"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise NodeSilent(method) from error


def _ballots(log: Any) -> list[tuple[int, int, int]]:
    """Five bytes a ballot, in an ABI word of bytes (protocol §8.2). Raises: NodeSilent for what is none."""
    try:
        data, block = bytes.fromhex(log["data"][2:]), int(log["blockNumber"], 16)
        length = int.from_bytes(data[32:64], "big")
        packed = data[64 : 64 + length]
    except (ValueError, KeyError, TypeError) as error:
        raise NodeSilent("eth_getLogs") from error
    if len(packed) != length or length % 5:
        raise NodeSilent("eth_getLogs")
    return [(int.from_bytes(packed[at : at + 4], "big"), packed[at + 4] >> 2, block) for at in range(0, length, 5)]
