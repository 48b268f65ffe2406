"""Lies beyond the catalogue are found under their names; what is odd and true is not called a lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.codes import bridged, with_codes, without_empty_blocks
from scripts.tampers.lies.kinds import Lie
from scripts.tampers.lies.states import honest
from tests.verifier.second.lies_beyond import KIND, LIES
from tests.verifier.second.second import needs_node, recount, told_of
from verifier.tally.scenes import judged

pytestmark = needs_node


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return told_of(LIES, tmp_path_factory.mktemp("forged"))


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_lie__is_found_under_its_name(lie: Lie, told: dict[str, dict[str, Any]]) -> None:
    assert lie.finding in told[lie.name]["names"], told[lie.name]


def _as_nodes_say(vote: ForgedVote) -> None:
    honest(vote)
    answer = json.loads(vote.state)
    answer.update(address="0x" + vote.poll.hex().upper(), nonce="0x1", balance="0x0")
    vote.state = json.dumps(answer, indent=1).encode()


def test_state__in_the_writing_of_a_node_agrees(tmp_path: Path) -> None:
    Lie(KIND, "honest", "", after=_as_nodes_say).write(tmp_path / "honest.zip")
    assert recount("--evidence", tmp_path / "honest.zip").last["recount"] == "agrees"


def test_checkpoint__replaces_the_headers_between_where_code_is_proved(tmp_path: Path) -> None:
    Lie(KIND, "honest", "", after=with_codes(), lines=without_empty_blocks).write(tmp_path / "honest.zip")
    last = recount("--evidence", tmp_path / "honest.zip").last
    assert (last["recount"], last["ballots_recorded"]) == ("agrees", 12)


def test_checkpoint__of_code_that_is_not_proved_is_believed_by_whoever_knows_the_creation(tmp_path: Path) -> None:
    """Code at the case could name a history that never was: both tools prove nothing by it, until somebody vouches for the creation."""
    creations: list[str] = []

    def after(vote: ForgedVote) -> None:
        bridged(vote)
        creations.append("0x" + vote.acts["create"].hash.hex())

    Lie(KIND, "unproved", "", after=after, lines=without_empty_blocks).write(tmp_path / "unproved.zip")
    (creation,) = creations
    for words, verdict in (([], "not proved"), (["--creation", "0x" + "ab" * 32], "not proved"), (["--creation", creation], "agrees")):
        given = ["--evidence", str(tmp_path / "unproved.zip"), *words]
        said = recount(*given)
        assert said.last["recount"] == verdict
        assert judged(tmp_path, given).verdict == verdict
        assert any(f"{creation}, in which the case was created" in line for line in said.lines) is (verdict == "not proved")


def test_choice__that_another_lender_made_is_not_taken_off(tmp_path: Path) -> None:
    """A leaf that was taken out is a finding in any case; that it was taken off a wrong choice is one more."""
    (lie,) = [one for one in LIES if one.name == "another choice taken off"]
    lie.write(tmp_path / "lie.zip")
    assert any("takes off another choice than the lender's" in line for line in recount("--evidence", tmp_path / "lie.zip").lines)
