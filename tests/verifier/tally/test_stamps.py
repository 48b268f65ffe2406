"""Times that outsiders stamped: both recounts take what holds, and name what does not (protocol §26)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scripts.evidence.bundle import write_bundle
from scripts.rig.stamp_authority import Authority
from scripts.rig.stamping import NOBODYS, Stamper
from tests.verifier.second.second import needs_node
from tests.verifier.second.second import recount as second
from tests.verifier.tally.vote import RELAY
from verifier.tally.recount import Options, Recount
from verifier.tally.stamps import Roots

OWN, OTHER = Authority.new("own"), Authority.new("other")


@pytest.fixture
def stamper(published: Path, node_address: str) -> Stamper:
    return Stamper.of(node_address, published, OWN, RELAY)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "own.pem"
    path.write_bytes(OWN.pem())
    return path


Told = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def told(published: Path, node_address: str, root: Path, count_again: Callable[..., Recount]) -> Told:
    """What both recounts find in these lines, published or kept: name and place of each."""

    def of(lines: Sequence[dict[str, Any]], *, kept: bool = False) -> list[tuple[str, str]]:
        path = (published.parent if kept else published) / "stamps.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        work = count_again(published, authorities=Roots.of([root]), **({"stamps": (path,)} if kept else {}))
        said = second("--rpc", node_address, "--published", published, "--authority", root, *(["--stamps", path] if kept else []))
        found = [(one.name, one.place) for one in (*work.findings, *work.void)]
        shown = [line.split("! ", 1)[-1].split("void: ", 1)[-1] for line in said.lines if "[" in line and "line" in line]
        assert sorted({line.rsplit("[", 1)[1].rstrip("]") for line in shown}) == sorted({name for name, _ in found})
        assert [line.split(": ")[0] for line in shown] == [place.split(": ")[0] for _, place in found]
        assert said.last["beside"] == work.beside
        return found

    return of


@needs_node
def test_good_stamps__agree(stamper: Stamper, told: Told) -> None:
    assert told(stamper.all_lines()) == []


def test_no_stamps__are_no_finding(published: Path, root: Path, count_again: Callable[..., Recount]) -> None:
    work = count_again(published, authorities=Roots.of([root]))
    assert work.agrees
    assert "no stamp" in work.beside[0]


FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("stamps.authority", {"authority": OTHER}),
    ("stamps.time", {"late": 86_400 + 60}),
    ("stamps.time", {"late": -600}),
    ("stamps.digest", {"over": NOBODYS}),
    ("stamps.signature", {"key": b"\x07" * 32}),
    ("stamps.chain", {"block_hash": b"\x11" * 32}),
    ("stamps.chain", {"value": b"\x22" * 32}),
    ("stamps.chain", {"block": 10**9}),
    ("stamps.token", {"status": 2}),
)


@needs_node
@pytest.mark.parametrize("kept", [False, True])
def test_each_fault__has_its_name(kept: bool, stamper: Stamper, told: Told) -> None:
    found = told([stamper.line("result", **changed) for _, changed in FAULTS] + nonsense(stamper), kept=kept)
    lines = {int(place.split("line ")[1].split(":")[0]): name for name, place in found}
    expected = [name for name, _ in FAULTS] + ["stamps.token"] * 7 + ["stamps.file"] * 2
    if kept:
        expected = ["stamps.chain" if name == "stamps.chain" else "void.stamps" for name in expected]
        expected[2] = "stamps.time"  # before its block; later than its block anybody can have it stamped again
    assert [lines[number] for number in sorted(lines)] == expected


@needs_node
def test_a_published_line__that_a_stranger_had_stamped_again_says_nothing(stamper: Stamper, told: Told) -> None:
    again = [stamper.line(subject, late=30 * 86_400) for subject in stamper.happened]
    assert {name for name, _ in told(again, kept=True)} == {"void.stamps"}


def nonsense(stamper: Stamper) -> list[dict[str, Any]]:
    """Lines whose answer is none, and two that are no lines."""
    good = stamper.line("head")
    response = bytes.fromhex(good["response"][2:])
    flipped = bytearray(response)
    flipped[-3] ^= 1
    broken = (b"", b"\x30\x80", b"\x30\x03\x02\x01\x00", response[:-1], response + b"\0", b"\x30\x84" + response[2:], bytes(flipped))
    return [*(good | {"response": "0x" + one.hex()} for one in broken), good | {"subject": "heart"}, good | {"more": 1}]


@needs_node
def test_a_bundle__carries_them(stamper: Stamper, published: Path, node_address: str, root: Path, tmp_path: Path) -> None:
    (published / "stamps.jsonl").write_text("".join(json.dumps(line) + "\n" for line in stamper.all_lines()))
    out = tmp_path / "evidence.zip"
    assert write_bundle(node_address, published, out, Options(authorities=Roots.of([root]))).agrees
    assert "published/stamps.jsonl" in zipfile.ZipFile(out).namelist()
    said = second("--evidence", out, "--authority", root)
    assert said.last["recount"] == "agrees"
    assert not said.last["beside"]
    assert any("in time by" in line for line in said.lines)


def test_times_of_the_authority__are_whole_seconds_of_utc() -> None:
    answer = OWN.answer(b"\0" * 32, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert b"20260102030405Z" in answer
