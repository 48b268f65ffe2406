"""A whole vote through the chain room, on a real chain."""

from __future__ import annotations

import pytest

from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Heads, RecordedBallot, Stage, parameters_hash, result_hash
from backend.ground.common.voting import Choice
from tests.backend.ground.chain.world import PLAN_HASH, World, officials, signer_of, until


@pytest.fixture(scope="module")
def world(chain: Chain) -> World:
    world = World(chain)
    world.to_announced()
    return world


def test_the_case_gives_back_what_it_was_opened_with(world: World) -> None:
    case = world.case
    assert case.officials() == officials()
    assert (case.threshold(), case.institution()) == (2, signer_of("institution"))
    assert case.is_official(officials()[1])
    assert not case.is_official(signer_of("institution"))
    assert (case.register_count(), case.plan_count(), case.poll_count()) == (1, 1, 1)
    register = case.register(0)
    assert (register.root, register.leaf_count, register.depth) == (world.levels[-1][0], 7, 8)
    assert list(register.classes) == world.classes()
    plan = case.plan(0)
    assert (plan.plan_hash, plan.submitter, plan.admitted) == (PLAN_HASH, signer_of("institution"), True)
    assert case.poll(0) == world.poll.address


def test_the_poll_gives_back_its_terms(world: World) -> None:
    poll = world.poll
    assert poll.parameters() == world.terms
    assert poll.parameters_hash() == parameters_hash(world.terms)
    assert (poll.case_address(), poll.poll_number(), poll.leaf_count(), poll.depth()) == (world.case.address, 0, 7, 8)
    assert (poll.plan_hash(), poll.plan_submitter()) == (PLAN_HASH, signer_of("institution"))
    assert (poll.register_root(), list(poll.classes())) == (world.levels[-1][0], world.classes())


def test_a_view_is_refused_by_its_rule(world: World) -> None:
    with pytest.raises(TransactionReverted) as refused:
        world.case.register(5)
    assert (refused.value.rule, refused.value.facts) == ("Register_NotFrozen", {"registerNumber": 5})
    assert refused.value.code == "Register_NotFrozen"


def test_from_the_first_ballot_to_the_decision(world: World) -> None:
    chain, poll = world.chain, world.poll
    chain.follow(poll.address)
    chain.follow(world.case.address)
    assert poll.stage() is Stage.ANNOUNCED
    with pytest.raises(TransactionReverted) as early:
        chain.send(world.cast(2, 1), "early")
    assert early.value.rule == "Poll_NotOpenYet"
    assert early.value.facts["opensAt"] == world.terms.opens_at

    chain.move_time(world.terms.opens_at)
    assert poll.stage() is Stage.OPEN
    world.transact(world.cast(2, 1), "cast 2")
    batch = world.transact(world.cast_batch([(0, 1, 1), (1, 1, 1), (2, 2, 2), (3, 0, 1), (5, 3, 1)]), "batch")
    assert recorded_ballots(batch.event("BallotsRecorded")) == [
        (0, Choice.FOR, 1),
        (1, Choice.FOR, 1),
        (2, Choice.AGAINST, 2),
        (5, Choice.ABSTAIN, 1),
    ]
    rejected = batch.event("BallotRejected").args
    assert (rejected["index"], rejected["sequence"], rejected["reason"]) == (3, 1, 1)
    assert poll.ballot_of(2) == RecordedBallot(Choice.AGAINST, 2)
    assert poll.ballot_of(3) == RecordedBallot(Choice.NONE, 0)
    assert (poll.heads(0), poll.heads(1)) == (Heads(1, 1, 0), Heads(1, 0, 1))
    assert poll.sum_of(0, Choice.AGAINST) == world.points[2]

    chain.move_time(world.terms.closes_at)
    openings = world.openings({0: 1, 1: 1, 2: 2, 5: 3})
    tallied = world.transact(poll.open_sums(openings), "open").event("PollTallied")
    tallies = poll.tallies()
    assert (tallies[0].fen_for, tallies[0].fen_against, tallies[1].fen_abstain) == (100_00, 300_00, 600_00)
    assert poll.result_hash() == result_hash(poll.address, tallies, passed=poll.passed()) == tallied.args["resultHash"]
    assert not poll.passed()
    assert poll.challenge_ends_at() == tallied.args["challengeEndsAt"]

    with pytest.raises(TransactionReverted, match="objection period is not over"):
        world.attest(0, approve=False)
    chain.move_time(poll.challenge_ends_at())
    with pytest.raises(TransactionReverted) as not_passed:
        world.attest(0, approve=True)
    assert not_passed.value.rule == "Approval_PlanDidNotPass"
    world.attest(0, approve=False)
    assert poll.has_attested(officials()[0])
    decided = world.attest(1, approve=False)
    assert decided.event("PollDecided").args == {"approved": False}
    assert (poll.stage(), poll.refusals(), poll.approvals()) == (Stage.REFUSED, 2, 0)

    until(lambda: chain.events(poll.address, "PollDecided"))
    names = ["BallotsRecorded", "BallotRejected", "PollTallied", "OfficialAttested", "PollDecided"]
    assert [len(chain.events(poll.address, name)) for name in names] == [2, 1, 1, 2, 1]
    announced = chain.events(world.case.address, "PollAnnounced")
    assert [event.args["poll"] for event in announced] == [poll.address]
    first, second = chain.events(poll.address, "BallotsRecorded")
    assert second.id > first.id
    assert chain.events(poll.address, "BallotsRecorded", after_id=first.id) == [second]
