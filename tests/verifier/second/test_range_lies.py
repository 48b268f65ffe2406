"""Forged votes whose registers or range proofs are false: the second recount names each lie, and says which leaves it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Lie
from scripts.tampers.lies.ranges import LIES
from tests.verifier.second.second import needs_node, recount, told_of

pytestmark = needs_node
#: Sums that such a register opens to are out of range as well; nothing else is wrong with it.
OPENED = {"opening.admitted", "opening.range"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return told_of(LIES, tmp_path_factory.mktemp("ranges"))


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_lie__is_found_under_its_name(lie: Lie, told: dict[str, dict[str, Any]]) -> None:
    names = set(told[lie.name]["names"])
    assert lie.finding in names
    assert names - {lie.finding} <= OPENED


def _honest(vote: ForgedVote) -> None:
    del vote


def test_honest_register__is_said_to_be_proved(tmp_path: Path) -> None:
    Lie("ranges", "honest", "", after=_honest).write(tmp_path / "honest.zip")
    said = recount("--evidence", tmp_path / "honest.zip")
    assert said.last["recount"] == "agrees"
    assert any("2 proofs over 12 leaves hold" in line for line in said.lines)


def test_shifted_register__is_named_with_the_leaves_of_the_chunk(tmp_path: Path) -> None:
    LIES[0].write(tmp_path / "shifted.zip")
    lines = "\n".join(recount("--evidence", tmp_path / "shifted.zip").lines)
    assert "range_proofs.bin chunk 1: the proof does not hold" in lines
    assert "leaves 8 to 11" in lines
