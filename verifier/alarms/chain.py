"""What nodes say was recorded. Whatever any of them says is told of: an alarm too many does no harm, one too few does."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import httpx
from eth_hash.auto import keccak

TOPIC = "0x" + keccak(b"BallotsRecorded(bytes)").hex()
BLOCKS_AT_ONCE = 2000
SECONDS = 15.0
#: What one node may take of a round, so that none keeps the others from being heard: blocks, ballots, bytes of an answer, its seconds.
MOST_BLOCKS, MOST_BALLOTS, MOST_BYTES, WHOLE_SECONDS = 400_000, 1_000_000, 2**26, 30.0
MOST_NUMBER = 2**62


class NodeSilent(Exception):
    """A node does not answer, or not what was asked."""


class Nodes:
    """Several organisations' nodes."""

    def __init__(self, urls: Sequence[str], poll: str) -> None:
        self._clients = [(url, httpx.Client(base_url=url, timeout=SECONDS, trust_env=False)) for url in urls]
        self._poll = poll.lower()

    def chain_id(self) -> int:
        """What every node that answers says. Raises: NodeSilent when none answers, or they differ: a statement is signed for one chain."""
        said: set[int] = set()
        for _, client in self._clients:
            try:
                said.add(_number(_ask(client, "eth_chainId", [])))
            except NodeSilent:
                continue
        if len(said) != 1:
            raise NodeSilent(f"the nodes name different chains: {sorted(said)}" if said else "no node answers")
        return said.pop()

    def recorded(self, place: int, from_block: int) -> tuple[list[tuple[int, int, int]], int]:
        """(index, sequence, block) of what one node shows from a block on, and up to which block that was read in this round.

        Raises: NodeSilent for a node that answers anything else, whatever it is.
        """
        _, client = self._clients[place]
        head = _number(_ask(client, "eth_blockNumber", []))
        # A node that named a later head before named none that stands: all is read again.
        begin, until = from_block if from_block <= head else 0, time.monotonic() + WHOLE_SECONDS
        found: list[tuple[int, int, int]] = []
        last = begin - 1
        while last < min(head, begin + MOST_BLOCKS) and len(found) < MOST_BALLOTS and time.monotonic() < until:
            first, last = last + 1, min(last + BLOCKS_AT_ONCE, head)
            asked = {"address": self._poll, "topics": [TOPIC], "fromBlock": hex(first), "toBlock": hex(last)}
            logs = _ask(client, "eth_getLogs", [asked])
            if not isinstance(logs, list):
                raise NodeSilent("eth_getLogs")
            for log in logs:
                found += _ballots(log)
        return found, last

    def __len__(self) -> int:
        return len(self._clients)


def _ask(client: httpx.Client, method: str, parameters: list[Any]) -> Any:
    asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    until, answer = time.monotonic() + WHOLE_SECONDS, bytearray()
    try:
        with client.stream("POST", "", json=asked) as response:
            for part in response.iter_bytes():
                answer += part
                if len(answer) > MOST_BYTES or time.monotonic() > until:
                    raise NodeSilent(method)
        return json.loads(answer)["result"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise NodeSilent(method) from error


def _number(value: object) -> int:
    """A quantity as nodes write it. Raises: NodeSilent."""
    try:
        number = int(value, 16) if isinstance(value, str) else -1
    except ValueError as error:
        raise NodeSilent("a number") from error
    if not 0 <= number < MOST_NUMBER:
        raise NodeSilent("a number")
    return number


def _ballots(log: Any) -> list[tuple[int, int, int]]:
    """Five bytes a ballot, in an ABI word of bytes (protocol §8.2). Raises: NodeSilent for what is none."""
    try:
        data, block = bytes.fromhex(log["data"][2:]), _number(log["blockNumber"])
        length = int.from_bytes(data[32:64], "big")
        packed = data[64 : 64 + length]
    except (ValueError, KeyError, TypeError) as error:
        raise NodeSilent("eth_getLogs") from error
    if len(packed) != length or length % 5:
        raise NodeSilent("eth_getLogs")
    return [(int.from_bytes(packed[at : at + 4], "big"), packed[at + 4] >> 2, block) for at in range(0, length, 5)]
