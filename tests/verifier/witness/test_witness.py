"""A witness signs what is final, says once what is wrong, and goes on where its file ends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from verifier.tally.chain.node import Refused
from verifier.tally.chain.things import Block
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.witness_file import HALTED, HEAD, REWRITTEN, SILENT
from verifier.witness.__main__ import main
from verifier.witness.alarms import Alarms
from verifier.witness.book import Book, NotOurBook
from verifier.witness.watch import Limits, Watch

CASE, KEY = b"\x11" * 20, b"\x07" * 32


@dataclass
class FakeNode:
    """A chain of so many blocks; `fork` is the first that is another one."""

    height: int = 10
    fork: int = 10**9
    answers: bool = True
    events: set[int] = field(default_factory=set)

    def block(self, number: int) -> Block:
        hashed = keccak(b"block %d %d" % (number, number >= self.fork))
        return Block(number, hashed, 1_000 + number)

    def log_rows(self, wanted: dict[str, Any], first: int, last: int) -> Any:
        rows = [
            {
                "address": wanted["address"][0], "topics": ["0x" + "00" * 32], "data": "0x", "blockNumber": hex(number), "logIndex": "0x0",
                "transactionHash": "0x" + "00" * 32,
            }
            for number in sorted(self.events)
            if first <= number <= last
        ]  # fmt: skip
        yield range(first, last + 1), rows


class FakeRule:
    """Shows what the fake chain has."""

    def shown_head(self, node: FakeNode, which: str, place: str) -> Block:
        if not node.answers:
            raise Wrong("node.answer", place, "the node does not answer")
        number = node.height if which == "latest" else int(which, 16)
        if number > node.height:
            raise Refused("no such block")
        return node.block(number)


@dataclass
class Scene:
    """A watch over fake nodes, with a clock that is moved."""

    path: Path
    nodes: dict[str, FakeNode]
    now: float = 100.0

    def __post_init__(self) -> None:
        self.out = io.StringIO()
        self.open()

    def open(self) -> None:
        self.book = Book(self.path, KEY, 5, CASE, now=lambda: self.now)
        limits = Limits(every=60, halt=30, lag=20, confirmations=2)
        nodes: Any = self.nodes
        rule: Any = FakeRule()
        self.watch = Watch(self.book, nodes, rule, CASE, Alarms(out=self.out), limits, monotonic=lambda: self.now)

    def look(self, seconds: float = 1.0) -> list[str]:
        """One look later; the alarms that came of it."""
        self.now += seconds
        before = len(self.out.getvalue())
        self.watch.look()
        return [json.loads(line)["alarm"] for line in self.out.getvalue()[before:].splitlines()]

    def kinds(self) -> list[int]:
        return [one.kind for one in self.book.entries]


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


@pytest.fixture
def scene(tmp_path: Path, node: FakeNode) -> Iterator[Scene]:
    scene = Scene(tmp_path / "witness.jsonl", {"own": node})
    yield scene
    scene.book.close()


def test_heads__are_final_ones_now_and_then_and_each_with_an_event(scene: Scene, node: FakeNode) -> None:
    assert scene.look() == []
    assert [one.block for one in scene.book.entries] == [8]
    node.height, node.events = 20, {12, 15, 19}
    assert scene.look() == []
    assert [one.block for one in scene.book.entries] == [8, 12, 15]
    node.height = 30
    scene.look(61)
    assert [one.block for one in scene.book.entries] == [8, 12, 15, 19, 28]


def test_a_rewritten_block__is_said_once_and_the_new_chain_followed(scene: Scene, node: FakeNode) -> None:
    scene.look()
    node.fork, node.height = 5, 11
    assert scene.look() == ["rewritten"]
    assert scene.kinds()[:3] == [HEAD, REWRITTEN, HEAD]
    assert scene.look() == []
    node.fork = 10**9
    assert scene.look() == ["rewritten"]


def test_a_chain_that_was_cut__is_said_after_a_while(scene: Scene, node: FakeNode) -> None:
    scene.look()
    node.height = 4
    assert scene.look() == []
    assert scene.look(21) == ["rewritten"]


def test_one_of_two_nodes__lies_and_the_other_is_followed(scene: Scene, node: FakeNode) -> None:
    honest, liar = node, FakeNode()
    scene.nodes["liar"] = liar
    scene.look()
    liar.fork = 3
    liar.height = honest.height = 20
    assert scene.look() == ["rewritten"]
    honest.height = 30
    assert scene.look(61) == []
    assert scene.book.entries[-1].hash == honest.block(scene.book.entries[-1].block).hash
    honest.height = 40
    assert scene.look(61) == []
    assert scene.book.entries[-1].hash == honest.block(38).hash


def test_a_halt_and_silence__are_said_once_each(scene: Scene, node: FakeNode) -> None:
    scene.look()
    assert scene.look(31) == ["halted"]
    assert scene.look(31) == []
    node.height = 12
    assert scene.look() == []
    node.answers = False
    assert scene.look(10) == []
    assert scene.look(31) == ["silent"]
    assert scene.look(31) == []
    node.answers = True
    assert scene.look() in (["halted"], [])
    assert [HALTED in scene.kinds(), SILENT in scene.kinds()] == [True, True]


def test_a_killed_witness__goes_on_where_its_file_ends(scene: Scene, node: FakeNode) -> None:
    scene.look()
    with pytest.raises(NotOurBook, match="another process"):
        Book(scene.path, KEY, 5, CASE)
    scene.book.close()
    with scene.path.open("ab") as file:
        file.write(b'{"block"')
    scene.open()
    assert [one.block for one in scene.book.entries] == [8]
    node.fork, node.height = 5, 40
    assert scene.look() == ["rewritten"]
    scene.book.close()
    for key, case in ((b"\x08" * 32, CASE), (KEY, b"\x12" * 20)):
        with pytest.raises(NotOurBook):
            Book(scene.path, key, 5, case)


def test_the_command__makes_keys_and_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str], scene: Scene) -> None:
    key = tmp_path / "key"
    assert main(["new-key", str(key)]) == 0
    assert key.stat().st_mode & 0o077 == 0
    assert main(["new-key", str(key)]) == 2
    scene.look()
    assert main(["show", str(scene.path)]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"address": "0x" + scene.book.address.hex(), "heads": 1, "alarms": {}}
    assert main(["show", str(key)]) == 2
    wrong = ["--rpc", "http://127.0.0.1:9", "--case", "0x" + "11" * 20, "--key", str(key), "--out", str(tmp_path / "out")]
    assert main(wrong) == 2
    assert "does not answer" in capsys.readouterr().err


def test_an_alarm__calls_a_command_with_its_line(tmp_path: Path, scene: Scene) -> None:
    alarms = Alarms(command=f"cp --no-such-option-hides {tmp_path}", out=io.StringIO())
    entry = scene.book.add(REWRITTEN, 3, bytes(32))
    alarms.tell(entry)
    assert json.loads(alarms.out.getvalue())["block"] == 3  # type: ignore[attr-defined]
    assert alarms.told == 1
