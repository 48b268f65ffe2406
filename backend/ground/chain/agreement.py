"""When answers of several nodes are one and the same, and how many must be. Pure.

Of 2f + 1 organisations f may lie: what f + 1 of them tell, at least one honest one tells.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from backend.ground.chain.answers import read_block, read_number
from backend.ground.chain.node import NodeRefused


def majority(count: int) -> int:
    """More than half."""
    return count // 2 + 1


def lower_median(values: Sequence[int]) -> int:
    """The middle value, of two the lower: at least one honest voice is as high, and one as low, where the liars are fewer than half."""
    return sorted(values)[(len(values) - 1) // 2]


def meaning(method: str, answer: Any) -> str:
    """What an answer says, so that two that say the same are equal: clients differ in fields that nobody here reads.

    Raises: NodeNotAnswering for one that cannot be read.
    """
    if isinstance(answer, NodeRefused):
        return "reverted 0x" + answer.revert.hex() if answer.revert is not None else "refused"
    if answer is None:
        return "nothing"
    read = _MEANINGS.get(method)
    return json.dumps(read(answer) if read is not None else answer, sort_keys=True).lower()


def _block(answer: Any) -> list[object]:
    found = read_block(answer)
    return [found.number, found.hash, found.timestamp]


def _logs(answer: Any) -> list[object]:
    fields = ("blockNumber", "blockHash", "transactionHash", "logIndex", "address", "topics", "data")
    if not isinstance(answer, list):
        return [answer]
    # A liar may put anything into its list: what is no log means itself, and is like no honest answer.
    return sorted(([one.get(name) for name in fields] if isinstance(one, dict) else [one] for one in answer), key=json.dumps)


def _receipt(answer: Any) -> list[object]:
    if not isinstance(answer, dict) or not answer.get("blockNumber"):
        return ["in no block"]
    return [read_number(answer["blockNumber"]), answer.get("blockHash"), answer.get("status"), _logs(answer.get("logs"))]


def _transaction(answer: Any) -> list[object]:
    return [answer.get(name) for name in ("hash", "input", "blockHash")] if isinstance(answer, dict) else [answer]


_MEANINGS: dict[str, Callable[[Any], object]] = {
    "eth_getBlockByNumber": _block,
    "eth_getLogs": _logs,
    "eth_getTransactionReceipt": _receipt,
    "eth_getTransactionByHash": _transaction,
}
