"""Lies beyond the catalogue are found under their names; what is odd and true is not called a lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from scripts.tampers.forge.chain import Forged, Sending
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Lie
from scripts.tampers.lies.states import honest
from tests.verifier.second.lies_beyond import KIND, LIES
from tests.verifier.second.second import needs_node, recount, recount_all
from verifier.tally.contracts import CHECKPOINT

pytestmark = needs_node


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("forged")
    for number, lie in enumerate(LIES):
        lie.write(folder / f"{number}.zip")
    arguments = [["--evidence", f"{number}.zip"] for number in range(len(LIES))]
    return dict(zip([lie.name for lie in LIES], recount_all(folder, arguments), strict=True))


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


def _bridged(vote: ForgedVote) -> None:
    """Two empty blocks behind the first ballot, and a checkpoint of the block before them in a later one."""
    blocks = vote.chain.blocks
    at = blocks.index(vote.acts["cast"]) + 1
    blocks[at:at] = [Forged(blocks[at - 1].time + 1, []), Forged(blocks[at - 1].time + 2, [])]
    for number, one in enumerate(blocks, start=vote.chain.first_number):
        one.number = number
    vote.chain.seal()
    named = blocks[at - 1]
    data = encode(["bytes"], [named.number.to_bytes(8, "big") + named.hash])
    blocks[-3].sendings.append(Sending(vote.case, b"checkpoint", [(vote.case, (CHECKPOINT,), data)]))


def _without_empty_blocks(lines: list[dict[str, Any]]) -> None:
    lines[:] = [line for line in lines if line["transactions"]]


def test_checkpoint__replaces_the_headers_between(tmp_path: Path) -> None:
    Lie(KIND, "honest", "", after=_bridged, lines=_without_empty_blocks).write(tmp_path / "honest.zip")
    last = recount("--evidence", tmp_path / "honest.zip").last
    assert (last["recount"], last["ballots_recorded"]) == ("agrees", 12)


def test_choice__that_another_lender_made_is_not_taken_off(tmp_path: Path) -> None:
    """A leaf that was taken out is a finding in any case; that it was taken off a wrong choice is one more."""
    (lie,) = [one for one in LIES if one.name == "another choice taken off"]
    lie.write(tmp_path / "lie.zip")
    assert any("takes off another choice than the lender's" in line for line in recount("--evidence", tmp_path / "lie.zip").lines)
