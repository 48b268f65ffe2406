"""A node of Kaia, asked by the first recount: a stand-in that answers with what was recorded (tests/vectors/kaia.json)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from verifier.tally.chain.finality import Named
from verifier.tally.chain.kaia import RAW
from verifier.tally.chain.kinds import RULES
from verifier.tally.chain.live import LiveSource
from verifier.tally.chain.node import Node, Refused
from verifier.tally.chain.sight import Place
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.progress import Progress

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "kaia.json").read_text())
BLOCKS = {int(one["fields"]["number"], 16): one for one in VECTORS["blocks"]}
HEAD, FIRST = max(BLOCKS), min(BLOCKS)
CONTRACT = bytes.fromhex(VECTORS["contract"]["address"][2:])
SPANS = VECTORS["validators"]
Change = Callable[[str, Any], Any]


class Recorded(Node):
    """Answers from the recorded blocks."""

    def __init__(self, change: Change = lambda method, answer: answer) -> None:
        super().__init__("http://127.0.0.1")  # nobody is asked
        self.change = change
        self.asked: list[str] = []

    def ask(self, method: str, parameters: Sequence[Any], place: str) -> Any:
        self.asked.append(method)
        return self.change(method, self.answer(method, parameters))

    def many(self, method: str, rows: Sequence[Sequence[Any]], place: str) -> list[Any]:
        return [self.told(method, row, place) for row in rows]

    def answer(self, method: str, parameters: Sequence[Any]) -> Any:
        if method == "eth_chainId":
            return hex(VECTORS["chain_id"])
        if method == "eth_getLogs":
            return [log for number, one in BLOCKS.items() for log in logs(number, one)]
        number = HEAD if parameters[0] == "latest" else int(parameters[0], 16)
        if method == "kaia_getBlockByNumber":
            return BLOCKS[number]["fields"]
        if method == RAW:
            return BLOCKS[number]["raw_transactions"][int(parameters[1], 16)]
        if method == "kaia_getBlockReceipts":
            return BLOCKS[number]["receipts"]
        raise Refused(f"-32601: {method}")


def logs(number: int, one: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [(receipt["transactionHash"], log) for receipt in one["receipts"] for log in receipt["logs"]]
    ours = [(of, log) for of, log in rows if log["address"].lower() == "0x" + CONTRACT.hex()]
    return [{**log, "blockNumber": hex(number), "transactionHash": of} for of, log in ours]


def looked(node: Recorded, validators: Named | None) -> tuple[Any, StepLog]:
    log = StepLog(1, "Node")
    place = Place(VECTORS["chain_id"], CONTRACT, b"\x01" * 20, FIRST, b"\x02" * 20)
    return LiveSource(node, RULES["kaia"], validators).open(place, log), log


def four(addresses: list[str]) -> Named:
    return Named(((0, frozenset(bytes.fromhex(one[2:]) for one in addresses)),))


ALL = four(SPANS[0]["addresses"])


def test_blocks_are_read_by_bytes_and_held_against_the_seals() -> None:
    node = Recorded()
    sight, log = looked(node, ALL)
    assert sight.creation(FIRST, CONTRACT).block.number == FIRST
    assert [one.block_number for one in sight.logs(log, Progress(quiet=True))] == [FIRST]
    sight.check_unchanged(log)
    assert log.clean, log.findings
    assert sight.rests_on.startswith("on the seals of more than two thirds of the 4 validators")
    assert not any(method.startswith("eth_getBlock") for method in node.asked), "they lack fields of the header"


def test_without_validators_it_rests_on_the_nodes_word_and_says_so() -> None:
    sight, log = looked(Recorded(), None)
    assert sight.rests_on.startswith("by the word of the node")
    assert any("no validators were named" in note for note in log.notes)


def test_a_head_and_a_block_that_others_sealed_are_findings() -> None:
    strangers = four([*SPANS[0]["addresses"][:2], "0x" + "11" * 20, "0x" + "22" * 20])
    sight, log = looked(Recorded(), strangers)
    assert {one.name for one in log.findings} == {"node.finality"}
    assert sight.rests_on.startswith("by the word of the node")
    before = len(log.findings)
    list(sight.logs(log, Progress(quiet=True)))
    list(sight.many([(FIRST, bytes.fromhex(BLOCKS[FIRST]["fields"]["transactions"][1][2:]))], log))
    assert len(log.findings) > before


def spoilt(method: str, field: str | None = None) -> Change:
    def change(asked: str, answer: Any) -> Any:
        if asked != method:
            return answer
        if field is not None:
            return {**answer, field: "0x1"}
        return "0x" + answer[4:] if isinstance(answer, str) else answer[:-1]

    return change


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (spoilt(RAW), r"node\.transaction"),
        (spoilt("kaia_getBlockReceipts"), r"node\.log"),
        (spoilt("kaia_getBlockByNumber", "gasUsed"), r"node\.header"),
        (spoilt("kaia_getBlockByNumber", "extraData"), r"node\.(answer|header)"),
    ],
)
def test_what_a_node_changes_is_found_by_the_blocks_own_hash(change: Change, name: str) -> None:
    with pytest.raises(Wrong, match=name):
        looked(Recorded(change), ALL)[0].creation(FIRST, CONTRACT)


def test_a_block_that_is_asked_for_later__has_to_be_sealed_too() -> None:
    """The seed of a sample comes from such a block: a node that may show any would choose the sample."""
    sight, log = looked(Recorded(), Named(((0, frozenset({b"\x11" * 20})), (HEAD, ALL.spans[0][1]))))
    assert log.clean, log.findings
    with pytest.raises(Wrong, match=r"node\.finality"):
        sight.block(FIRST)
