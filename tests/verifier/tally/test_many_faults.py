"""A file of nothing but wrong lines packs small and unpacks large: what is kept of it is bounded, in both recounts."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from scripts.tampers.lies.kinds import Lie, bytes_of_file
from tests.verifier.second.second import needs_node, recount
from verifier.tally.findings import MOST_KEPT, StepLog, Wrong
from verifier.tally.receipts import Reading, read_part
from verifier.tally.scenes import judged

LINES = 3 * MOST_KEPT
EMPTY_LINES = {
    "receipts.jsonl": Lie("files", "receipts of nothing", "receipts.form", after=bytes_of_file("receipts.jsonl", lambda _: b"\n" * LINES)),
    "leaves.csv": Lie("files", "leaves of nothing", "register.leaves", after=bytes_of_file("leaves.csv", lambda one: one + b"\n" * LINES)),
}


def test_step__keeps_so_many_findings_of_a_name_and_says_that_there_are_more() -> None:
    log = StepLog(11, "Receipts")
    for number in range(LINES):
        log.wrong("receipts.form", f"line {number}", "is no receipt")
    log.wrong("receipts.missed", "line 7", "missed")
    assert len(log.findings) == MOST_KEPT + 1
    assert "not listed" in log.findings[-2].what
    assert log.findings[-1].name == "receipts.missed"


def test_faults__of_a_part_are_gone_when_it_was_taken() -> None:
    """A recount collects no circles (processes.keep_all): what was raised must not hold the list in which it stands."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        part = read_part((1, [b"\n", b"{}\n"]), Reading(2, bytes(32)))
        held = [weakref.ref(one) for one in part if isinstance(one, Wrong)]
        assert len(held) == 2
        del part
        assert [one() for one in held] == [None, None]
    finally:
        if was_enabled:
            gc.enable()


@pytest.mark.parametrize("file", EMPTY_LINES)
def test_first_recount__names_them_and_comes_to_an_end(file: str, tmp_path: Path) -> None:
    lie = EMPTY_LINES[file]
    lie.write(tmp_path / "lie.zip")
    assert lie.finding in judged(tmp_path, ["--evidence", "lie.zip"]).names


@needs_node
@pytest.mark.parametrize("file", EMPTY_LINES)
def test_second_recount__names_them_and_comes_to_an_end(file: str, tmp_path: Path) -> None:
    lie = EMPTY_LINES[file]
    lie.write(tmp_path / "lie.zip")
    last = recount("--evidence", tmp_path / "lie.zip").last
    assert lie.finding in last["names"]
    assert last["findings"] <= MOST_KEPT + 10
