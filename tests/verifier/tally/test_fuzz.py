"""Random damage never ends in a traceback, and never in "agrees" unless the damage says the same."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.tally.proxy import lying
from verifier.tally.__main__ import main
from verifier.tally.recount import Recount

Again = Callable[..., Recount]
FILES = ("poll.json", "leaves.csv", "register.json", "plan.json", "plan.pdf", "receipts.jsonl", "result.json")
JUNK: list[Any] = [
    None,
    "",
    "0x",
    "0xzz",
    -1,
    0,
    2**300,
    "9" * 5000,
    {},
    [],
    [[]],
    True,
    1.5,
    "\ud800",
    "0x" + "f" * 64,
    "0x" + "f" * 65,
    {"a": 1},
]


def damaged(content: bytes, dice: random.Random) -> bytes:
    """Flip, cut, double, drop or overwrite some bytes."""
    raw, place = bytearray(content), dice.randrange(len(content))
    kind = dice.randrange(6)
    if kind <= 1:
        raw[place] ^= 1 << dice.randrange(8)
    elif kind == 2:
        del raw[place:]
    elif kind == 3:
        raw[place:place] = raw[max(0, place - dice.randrange(40)) : place]
    elif kind == 4:
        del raw[place : place + dice.randrange(1, 40)]
    else:
        raw[place : place + 3] = dice.randbytes(3)
    return bytes(raw)


def says_the_same(name: str, before: bytes, after: bytes) -> bool:
    """Damage that a recount may agree with: hex in capitals, another writing of the same number."""
    if name == "leaves.csv":
        return before.lower() == after.lower()
    if name == "register.json":
        values = [json.loads(content) for content in (before, after)]
        for value in values:
            for row in value["classes"]:
                row["blind"] = int(row["blind"], 16)
        return bool(values[0] == values[1])
    return before == after or (name == "result.json" and json.loads(before) == json.loads(after))


@pytest.mark.parametrize("name", FILES)
def test_damaged_file__is_a_finding_and_no_traceback(name: str, published: Path, count_again: Again) -> None:
    dice = random.Random(f"damage {name}")
    before = (published / name).read_bytes()
    for _ in range(8):
        after = damaged(before, dice)
        (published / name).write_bytes(after)
        work = count_again(published)
        found = [finding for log in work.steps for finding in log.findings]
        assert not [finding for finding in found if "the tool failed" in finding.what], (after, found)
        assert found or says_the_same(name, before, after), after


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


def put(value: Any, path: tuple[str | int, ...], junk: Any) -> Any:
    if not path:
        return junk
    if isinstance(value, dict):
        return {key: put(child, path[1:], junk) if key == path[0] else child for key, child in value.items()}
    return [put(child, path[1:], junk) if key == path[0] else child for key, child in enumerate(value)]


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".json")])
def test_junk_in_a_file__is_a_finding_and_no_traceback(name: str, published: Path, count_again: Again) -> None:
    dice = random.Random(f"junk {name}")
    before = json.loads((published / name).read_bytes())
    for place in dice.sample(places(before), 5):
        junk = dice.choice([junk for junk in JUNK if junk != "\ud800"])
        after = json.dumps(put(before, place, junk), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        (published / name).write_bytes(after)
        work = count_again(published)
        found = [finding for log in work.steps for finding in log.findings]
        assert not [finding for finding in found if "the tool failed" in finding.what], (place, junk, found)
        assert found, (place, junk)


@pytest.mark.parametrize("seed", range(4))
def test_junk_from_a_node__is_a_finding_and_no_traceback(seed: int, published: Path, count_again: Again, node_address: str) -> None:
    """One answer of each recount is spoiled at one place."""
    dice = random.Random(f"node {seed}")
    for _ in range(6):
        spoiled, asked = dice.randrange(45), [0]

        def lie(method: str, params: list[Any], result: Any, spoiled: int = spoiled, asked: list[int] = asked) -> Any:
            asked[0] += 1
            return put(result, dice.choice(places(result)), dice.choice(JUNK)) if asked[0] == spoiled else result

        with lying(node_address, lie) as address:
            work = count_again(published, address)
        found = [finding for log in work.steps for finding in log.findings]
        assert not [finding for finding in found if "the tool failed" in finding.what], found


def test_command__prints_damage_without_failing(node_address: str, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in FILES:
        (published / name).write_bytes(b'{"\\u001b[2J":"\\ud800"}\n\xff')
    assert main(["--rpc", node_address, "--published", str(published), "--json"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last)["recount"] == "differs"
