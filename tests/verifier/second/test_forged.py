"""Lies beyond the catalogue, for what only this recount looks at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from scripts.tampers.forge.bundle import Files
from scripts.tampers.forge.chain import Forged, Sending
from scripts.tampers.forge.vote import ForgedVote, word
from scripts.tampers.lies.kinds import Lie, logs, setting
from scripts.tampers.lies.registers import _poisoned
from scripts.tampers.lies.states import honest
from tests.contracts.ballot_box import AGAINST, FOR, Vote
from tests.verifier.second.second import needs_node, recount, recount_all
from verifier.tally.contracts import CHECKPOINT

pytestmark = needs_node
KIND = "beyond the catalogue"
Change = Callable[[ForgedVote], None]


def _split(vote: ForgedVote, found: list[Any]) -> list[Any]:
    """One batch's records in two events, which no contract of ours writes."""
    first = vote.recorded([Vote(vote.register.lenders[1], FOR)])
    address, topics, data = found[0]
    rest = data[64 + 5 : 64 + int.from_bytes(data[32:64], "big")]
    return [*first, (address, topics, encode(["bytes"], [rest]))]


def _other_choice_taken_off(vote: ForgedVote) -> None:
    """The leaf that is taken out is said to have chosen what its lender did not."""
    one = vote.acts["exclude 11"].sendings[0]
    address, topics, data = one.logs[0]
    one.logs = [(address, topics, data[:-32] + word(AGAINST))]


def _odd_note(vote: ForgedVote) -> None:
    """A closing note with something behind it: the same words in another writing."""
    one = vote.acts["close"].sendings[0]
    address, topics, data = one.logs[0]
    content = data[64 : 64 + int.from_bytes(data[32:64], "big")]
    one.logs = [(address, topics, encode(["bytes"], [content + bytes(32)]))]


def _other_head_number(found: Files) -> Files:
    def changed(content: bytes) -> bytes:
        manifest = json.loads(content)
        manifest["head"]["number"] += 1
        return json.dumps(manifest).encode()

    return [(name, changed(content) if name == "manifest.json" else content) for name, content in found]


def _state(change: Callable[[dict[str, Any]], None]) -> Change:
    def after(vote: ForgedVote) -> None:
        honest(vote)
        answer = json.loads(vote.state)
        change(answer)
        vote.state = json.dumps(answer).encode() + b"\n"

    return after


LIES = (
    Lie(KIND, "records in two events", "ballots.recorded", after=logs("batch", _split)),
    Lie(KIND, "another choice taken off", "count.heads", before=_poisoned, after=_other_choice_taken_off),
    Lie(KIND, "a relay of zeros", "parameters.range", before=setting(receipt_signer="0x" + "00" * 20)),
    Lie(KIND, "a note in another writing", "receipts.notes", after=_odd_note),
    Lie(KIND, "a head of another number", "bundle.head", archive=_other_head_number),
    Lie(KIND, "a state of another address", "state.proof", after=_state(lambda one: one.update(address="0x" + "ab" * 20))),
    Lie(KIND, "a value that is not proved", "state.proof", after=_state(lambda one: one["storageProof"][0].update(value="0x7"))),
    Lie(KIND, "a storage root that is not proved", "state.proof", after=_state(lambda one: one.update(storageHash="0x" + "ab" * 32))),
)


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
