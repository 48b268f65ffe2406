"""A node that answers anything: what cannot be read is no answer, and nothing it says becomes a defect of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from backend.ground.chain.answers import read_answer
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.events import _by_topic
from backend.ground.chain.fees import suggested_fees
from backend.ground.chain.mirror import Mirror
from backend.ground.chain.node import Node, NodeRefused
from backend.ground.chain.outbox import Outbox
from backend.ground.chain.poll import PollContract
from backend.ground.chain.purse import read_purse
from backend.ground.chain.record import ChainRecord
from backend.ground.common.errors import LenderVoteError
from backend.ground.db.sessions import Sessions
from tests.backend.ground.chain.world import RELAY_KEY, open_database

Json = dict[str, Any]
WORD = "0x" + "11" * 32
SOMEBODY = "0x" + "ab" * 20
HUGE = "0x" + "f" * 64
NUMBERS: list[Any] = [
    HUGE,
    "0x" + "f" * 17,
    "0x7fffffffffffffff",
    "0x8000000000000000",
    "0x0",
    "0x",
    "0x01",
    "-0x1",
    None,
    5,
    True,
    [],
    {},
    " 0x1",
]
TEXTS: list[Any] = ["0xzz", None, 5, [], {}, "\ud800", "0x" + "0" * 63, "0x" + "\u0661" * 64, "0x"]
LISTS: list[Any] = ["0x2", [{}], [None], [[1]]]
BLOCK: Json = {
    "number": "0x7",
    "hash": WORD,
    "timestamp": "0x64",
    "baseFeePerGas": "0x10",
    "gasLimit": "0x1c9c380",
    "extraData": "0x",
}
RECEIPT: Json = {
    "blockNumber": "0x7",
    "blockHash": WORD,
    "status": "0x1",
    "gasUsed": "0x5208",
    "logs": [],
    "contractAddress": SOMEBODY,
}
GOOD: dict[str, Any] = {
    "eth_chainId": "0x7a69",
    "eth_gasPrice": "0x10",
    "eth_maxPriorityFeePerGas": "0x2",
    "eth_getBalance": "0xfff",
    "eth_estimateGas": "0x5208",
    "eth_getTransactionCount": "0x0",
    "eth_getCode": "0x00",
    "eth_call": "0x" + "00" * 31 + "01",
    "eth_sendRawTransaction": WORD,
    "eth_getBlockByNumber": BLOCK,
    "eth_getTransactionReceipt": RECEIPT,
    "eth_getTransactionByHash": {"blockNumber": "0x5", "input": "0x0102"},
    "eth_getLogs": [],
}
WHOLE = ("eth_chainId", "eth_gasPrice", "eth_maxPriorityFeePerGas", "eth_getBalance", "eth_estimateGas", "eth_getTransactionCount")
BYTES = ("eth_getCode", "eth_call", "eth_sendRawTransaction")


class Hostile(Node):
    """Answers as it was told, and about any block as if it was asked for."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__("http://127.0.0.1:1")
        self._answers = GOOD | answers

    def _ask_once(self, method: str, *params: Any) -> Any:
        answer = self._answers[method]
        if isinstance(answer, Exception):
            raise answer
        return answer | {"number": params[0]} if answer is BLOCK and params[0] != "latest" else answer


def log(**changes: Any) -> list[Any]:
    topic = next(iter(_by_topic()))
    good: Json = {
        "address": SOMEBODY,
        "topics": [topic],
        "data": "0x",
        "blockNumber": "0x7",
        "blockHash": WORD,
        "transactionHash": WORD,
    }
    return [good | {"logIndex": "0x0"} | changes]


def _of_fields() -> Iterator[dict[str, Any]]:
    for field in BLOCK:
        yield from ({"eth_getBlockByNumber": BLOCK | {field: value}} for value in NUMBERS + TEXTS)
    for field in RECEIPT:
        yield from ({"eth_getTransactionReceipt": RECEIPT | {field: value}} for value in NUMBERS + TEXTS + LISTS)
    for field in log()[0]:
        topics: list[Any] = [[None], ["0x"], [[]], [WORD] * 5]
        for value in NUMBERS + TEXTS + topics:
            yield {"eth_getLogs": log(**{field: value}), "eth_getTransactionReceipt": RECEIPT | {"logs": log(**{field: value})}}


def hostile() -> Iterator[dict[str, Any]]:
    """What it says instead, by method."""
    for method in (*WHOLE, *BYTES):
        yield from ({method: value} for value in NUMBERS + TEXTS)
    yield from _of_fields()
    for topic in _by_topic():
        for data in ("0x", "0x" + "00" * 31 + "20" + "ff" * 32):
            for topics in ([topic], [topic, WORD, WORD]):
                logs = log(data=data, topics=topics)
                yield {"eth_getLogs": logs, "eth_getTransactionReceipt": RECEIPT | {"logs": logs}}
    for method in GOOD:
        yield {method: NodeRefused(0, "half a letter \ud800", None)}
        yield {method: NodeRefused(3, "execution reverted", b"\x08\xc3\x79\xa0" + b"\xff" * 64)}
    others: list[Any] = [None, [], 5, {}, {"input": "0x", "blockNumber": HUGE}, {"input": "0xzz"}]
    yield from ({"eth_getTransactionByHash": value} for value in others)


def acts(node: Node, sessions: Sessions, key: str) -> dict[str, Callable[[], object]]:
    out, mirror, record = Outbox(node, sessions, RELAY_KEY), Mirror(node, sessions, 2), ChainRecord(node, sessions, SOMEBODY)

    def mirrored() -> None:
        mirror.follow(SOMEBODY, 0)
        mirror.pump()
        mirror.events(SOMEBODY, None, confirmed=False)

    return {
        "send": lambda: out.wait(out.send(ContractCall(SOMEBODY, b"\x01"), key), 0.0),
        "pump": out.pump,
        "mirror": mirrored,
        "fees": lambda: suggested_fees(node),
        "purse": lambda: read_purse(node, SOMEBODY).check(),
        "chain": node.chain_id,
        "transaction": lambda: node.transaction(WORD),
        "code": lambda: node.code(SOMEBODY),
        "strangers": record.unknown_transactions,
    }


def test_nothing_that_a_node_says_is_a_defect(tmp_path: Path) -> None:
    for number, answers in enumerate(hostile()):
        if number % 5 == 0:  # a liar's nonces must not be the next one's, and what waits is asked about again at every pump
            sessions = open_database(tmp_path / f"{number}.sqlite3")
        for what, act in acts(Hostile(answers), sessions, f"k{number}").items():
            try:
                act()
            except (LenderVoteError, NodeRefused) as error:
                str(error).encode()
            except Exception as error:
                raise AssertionError(f"{what} with {answers!r:.300}") from error


@pytest.mark.parametrize("number", [6, 255])
def test_a_number_that_stands_for_nothing_is_no_answer(number: int) -> None:
    with pytest.raises(NodeNotAnswering):
        PollContract(Hostile({"eth_call": "0x" + f"{number:064x}"}), SOMEBODY).stage()
    with pytest.raises(NodeNotAnswering):
        PollContract(Hostile({"eth_call": "0x" + encode(["uint8", "uint8"], [number, 1]).hex()}), SOMEBODY).ballot_of(0)


@pytest.mark.parametrize("value", ["0x8000000000000000", HUGE, "0x01", "0x", 1, None])
@pytest.mark.parametrize("method", ["eth_estimateGas", "eth_getTransactionCount", "eth_chainId"])
def test_a_number_that_cannot_be_kept_is_no_answer(method: str, value: object) -> None:
    with pytest.raises(NodeNotAnswering):
        read_answer(method, value)


def test_of_an_answer_nothing_is_passed_on_that_is_not_compared() -> None:
    assert read_answer("eth_getBlockByNumber", BLOCK | {"miner": SOMEBODY, "hash": WORD.upper().replace("X", "x")}).keys() == {
        "number", "hash", "timestamp", "baseFeePerGas", "gasLimit",
    }  # fmt: skip
    assert read_answer("eth_getTransactionReceipt", RECEIPT).keys() == {"blockNumber", "blockHash", "status", "gasUsed", "logs"}
    assert read_answer("eth_getTransactionReceipt", RECEIPT | {"blockNumber": None}) is None
