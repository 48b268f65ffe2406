"""Leaves that hold no claim: a register drawn up falsely must veto nothing, and nobody decides without hearing of it (protocol §9.1)."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.case.register.crypto import CURVE_ORDER, LeafOpening, commit, leaf_hash
from backend.case.register.freeze import Draft, Voter, draw_up
from backend.case.register.merkle import Tree
from backend.case.register.range_proofs import RangeProofShelf
from backend.case.register.views import FalseLeaf
from backend.ground.chain.values import Leaf
from backend.ground.common.money import say_yuan
from backend.ground.common.voting import Choice
from backend.ground.http.services import wire
from backend.vote.tally.exclusion import signed_amount
from backend.web.routes import install_web
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import AGAINST, FOR, Vote, World

#: What the false leaf holds, and what the leaf after it in its class holds too much.
TAKEN = 5_000_000


def false_register(shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on registers are drawn up with the amount of the first leaf of class 0 moved to the next one; the totals stay right."""

    def drawn(voters: list[Voter], names: list[str]) -> Draft:
        draft = draw_up(voters, names)
        [chunk] = draft._chunks
        first, second = [place for place, opening in enumerate(chunk.openings) if opening.voting_class == 0][:2]
        openings, points = list(chunk.openings), bytearray(chunk.points)
        for place, change in ((first, -shift), (second, shift)):
            opening = openings[place]
            amount = (opening.amount_fen + change) % CURVE_ORDER
            openings[place] = LeafOpening(opening.index, 0, amount, opening.blind)
            points[64 * place : 64 * place + 64] = commit(amount, opening.blind)
        hashes = b"".join(leaf_hash(at, o.voting_class, bytes(points[64 * at : 64 * at + 64])) for at, o in enumerate(openings))
        return Draft(Tree(hashes), draft.classes, [type(chunk)(openings, bytes(points), hashes)], draft._order)

    monkeypatch.setattr("backend.case.register.drawing.draw_up", drawn)
    # There is no proof for such a leaf; something else stands in its place, as with whoever draws up a false register.
    monkeypatch.setattr(RangeProofShelf, "make", lambda *_: b"\xab" * 32)


@pytest.fixture
def falsely(node: AutomineAnvil, issuer: IssuerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vote:
    """An open poll on a register with one leaf of a negative amount."""
    false_register(TAKEN, monkeypatch)
    return World(tmp_path, node, issuer.url).open_poll()


def false_leaf(vote: Vote) -> FalseLeaf:
    [found] = vote.world.register.leaves_without_claim(vote.poll.case_id, vote.poll.register_number)
    return found


def public_page(vote: Vote) -> str:
    world, app = vote.world, vote.world.app()
    wire(app, world.chain, world.cases, world.polls, world.plans)
    install_web(app, world.settings)
    with TestClient(app) as visitor:
        return visitor.get(f"/polls/{vote.poll.id}?lang=en").text


def test_a_negative_leaf_that_votes_vetoes_nothing_and_is_named(falsely: Vote) -> None:
    vote, false = falsely, false_leaf(falsely)
    for index in range(12):
        cast_directly(vote, vote.ballot(index, AGAINST if index == false.index else FOR))
    vote.close()
    result = vote.open_sums()
    [excluded] = result.excluded
    assert (excluded.index, excluded.voting_class, excluded.recorded) == (false.index, 0, Choice.AGAINST)
    assert excluded.amount_fen == signed_amount(false.amount) < 0
    first = result.classes[0]
    frozen = vote.poll.classes[0]
    assert first.count.admitted_heads == frozen.heads - 1
    assert first.count.admitted_fen == frozen.amount_fen - excluded.amount_fen
    assert (first.count.heads_against, first.count.heads_for, first.absent_heads, first.absent_fen) == (0, frozen.heads - 1, 0, 0)
    assert result.passed
    shown = vote.world.browser().get(f"/api/polls/{vote.poll.id}/result").json()["excluded"]
    assert [(leaf["index"], leaf["voted"]) for leaf in shown] == [(false.index, True)]
    assert int(shown[0]["amount_fen"]) == excluded.amount_fen
    assert f"index {false.index}: CNY {say_yuan(excluded.amount_fen)}" in public_page(vote)
    turnout = vote.world.tally.counted_turnout(vote.poll.id)
    assert (turnout.admitted_heads, turnout.points[-1].heads) == (11, 11)
    assert turnout.points[-1].fen == turnout.admitted_fen


def test_a_stranger_may_have_taken_it_out_before(falsely: Vote) -> None:
    vote, false = falsely, false_leaf(falsely)
    vote.close()
    [leaf] = vote.world.register.leaves(vote.poll.case_id, vote.poll.register_number, [false.index])
    proof = vote.world.register.proof(vote.poll.case_id, vote.poll.register_number, false.index)
    call = vote.world.chain.poll(vote.poll.address).exclude_leaf(
        false.index, Leaf(leaf.voting_class, leaf.x, leaf.y), proof, false.amount, false.blind
    )
    node = vote.world.anvil.node
    node.ask("eth_sendTransaction", {"from": node.ask("eth_accounts")[0], "to": call.to, "data": "0x" + call.data.hex()})
    result = vote.open_sums()
    assert [(one.index, one.recorded) for one in result.excluded] == [(false.index, Choice.NONE)]
    assert not result.passed


def test_a_register_of_ours_has_no_such_leaf(standing_vote: Vote) -> None:
    assert standing_vote.world.register.leaves_without_claim(standing_vote.poll.case_id, standing_vote.poll.register_number) == []
