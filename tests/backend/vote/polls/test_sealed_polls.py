"""Sealed polls: what they are announced with, and how one is given up that nobody opens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.case.cases.errors import AnotherActOpen
from backend.case.cases.views import SignedAct
from backend.case.trustees.errors import CeremonyNotComplete, CeremonyOver, TrusteesChanged
from backend.case.trustees.routes import router as trustees_router
from backend.case.trustees.status import CeremonyStatus
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.sealed_types import seal_breach
from backend.ground.chain.signatures import sign
from backend.ground.chain.values import Stage
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.seals import secret_from
from backend.ground.common.voting import PollKind
from backend.ground.http.services import wire
from backend.shell.errors import install_error_handlers
from backend.vote.polls import store, terms
from backend.vote.polls.errors import (
    AbandonmentTimeOutOfRange,
    MotionsNeedSeal,
    PollNotOverdue,
    PollNotSealed,
    PollTalliedAlready,
    PollUnderway,
    TooManySums,
)
from backend.vote.polls.routes import router as polls_router
from backend.vote.polls.sealed import ANNOUNCEMENT
from backend.vote.tally.errors import BreachNotProved, NotTalliedYet, PollWasAbandoned, VoteClosedAlready
from scripts.rig.seats import Seats
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.fixtures import issuer, node, world
from tests.backend.vote.ballots.world import World
from tests.backend.vote.tally.sealed_vote import Ceremony, announced, both_recounts_agree, opened_poll
from verifier.trustee.papers import Paper

__all__ = ["issuer", "node", "world"]


class Died(Exception):
    """The service stopped here."""


def _die(*_: object) -> None:
    raise Died


@pytest.fixture
def quiet(world: World) -> Iterator[World]:
    """The world, with no act left open by the test before."""
    yield world
    for act in world.cases.waiting_acts(world.case.id):
        world.cases.withdraw_act(act.id, world.members["official 0"])


def test_a_poll_is_announced_with_a_complete_ceremony_that_serves_once(quiet: World) -> None:
    world, official = quiet, quiet.members["official 0"]
    ceremony = Ceremony(world, 2, 3)
    poll = announced(world, ceremony)
    sealing = poll.sealing
    assert sealing is not None
    assert (poll.kind, poll.motions, poll.titles) == (PollKind.SEALED, 1, (poll.plan_title,))
    assert world.trustees.ceremony(ceremony.id).status is CeremonyStatus.USED
    contract = world.chain.sealed_poll(poll.address)
    assert (contract.seal_key_hash(), contract.seal_key()) == (sealing.key_hash, sealing.key.address)
    assert contract.share_keys() == sealing.key.share_keys == tuple(seat.share_key for seat in sealing.seats)
    assert (contract.abandon_after_seconds(), contract.motions()) == (3600, 1)
    terms = world.terms_of(world.admit_plan())
    with pytest.raises(CeremonyOver):
        world.sealed_polls.propose(world.case.id, terms, ceremony.id, official, 3600)
    with pytest.raises(CeremonyOver):
        world.trustees.end(ceremony.id, "too late", official)


def anybody(world: World) -> TestClient:
    """Who has no account, at the calls on polls and ceremonies."""
    app = FastAPI()
    wire(app, world.settings, world.chain, world.polls, world.sealed_polls, world.trustees)
    for router in (polls_router, trustees_router):
        app.include_router(router)
    install_error_handlers(app)
    return TestClient(app)


def test_a_trustee_takes_the_announced_key_without_a_session(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the trustee's own tool reads after the announcement, from the public page, while the contract has that key."""
    world, ceremony = quiet, Ceremony(quiet, 2, 3)
    poll = announced(world, ceremony)
    path, browser = f"/api/polls/{poll.id}/announced.json", anybody(world)
    answer = browser.get(path)
    assert answer.content == canonical_json(answer.json())
    paper, key = Paper("announced.json", answer.json()), poll.sealing.key  # type: ignore[union-attr]
    share_keys = ["0x" + one.hex() for one in paper.many("shareKeys", 20)]
    assert tuple(share_keys) == world.chain.sealed_poll(poll.address).share_keys() == key.share_keys
    assert (int(paper.text("x"), 16), int(paper.text("y"), 16), paper.whole("threshold")) == (key.x, key.y, 2)
    assert (paper.data("rollHash", 32), paper.data("transcriptHash", 32)) == (key.roll_hash, key.transcript_hash)
    assert (paper.whole("closes_at"), paper.text("poll")) == (poll.parameters.closes_at, poll.address)
    opening, appointed = (
        browser.get(at).json() for at in (f"/api/ceremonies/{ceremony.id}/ceremony.json", f"/api/cases/{poll.case_id}/appointed.json")
    )
    assert opening == ceremony.shown()["paper"]
    assert appointed == {"case": poll.case_address, "chain_id": world.chain.chain_id, "trustees": [s.signer for s in ceremony.seats.seats]}
    monkeypatch.setattr(SealedPollContract, "seal_key_hash", lambda _: bytes(32))
    assert browser.get(path).json()["error"]["code"] == "KeyNotAnnounced"


def test_what_is_not_ready_is_not_announced(quiet: World) -> None:
    world, official = quiet, quiet.members["official 0"]
    ceremony = Ceremony(world, 2, 3)
    terms = world.terms_of(world.admit_plan())
    for seconds in (0, 30 * 86_400 + 1):
        with pytest.raises(AbandonmentTimeOutOfRange):
            world.sealed_polls.propose(world.case.id, terms, ceremony.id, official, seconds)
    begun = world.trustees.begin(world.case.id, 2, ["a", "b", "c"], official)
    with pytest.raises(CeremonyNotComplete):
        world.sealed_polls.propose(world.case.id, terms, begun.id, official, 3600)
    world.trustees.end(begun.id, "not needed", official)
    others = Seats(3)
    signers = [bytes.fromhex(trustee.signer[2:]) for trustee in others.seats]
    world.sign_together(world.trustees.propose_appointment(world.case.id, signers, others.names, official))
    with pytest.raises(TrusteesChanged):
        world.sealed_polls.propose(world.case.id, terms, ceremony.id, official, 3600)


def test_one_official_cannot_give_a_key_up_under_a_poll_that_is_announced(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The poll is on the chain and the service dies before it is kept; then the ceremony is given up."""
    world, official = quiet, quiet.members["official 0"]
    ceremony, plan_id, acts = Ceremony(world, 2, 3), world.admit_plan(), list[SignedAct]()

    def dies(act: SignedAct) -> None:
        acts.append(act)
        with monkeypatch.context() as patch:
            patch.setattr(store, "add_poll", _die)
            with pytest.raises(Died):
                world.sealed_polls.complete(act)

    world.cases.on_signed(ANNOUNCEMENT, dies)
    world.sign_together(world.sealed_polls.propose(world.case.id, world.terms_of(plan_id), ceremony.id, official, 3600))
    world.cases.on_signed(ANNOUNCEMENT, world.sealed_polls.complete)
    world.trustees.end(ceremony.id, "one seat is in doubt", official)
    with pytest.raises(CeremonyOver):
        world.trustees.unused(ceremony.id)
    world.sealed_polls.complete(acts[0])
    assert world.poll_on(plan_id).sealing is not None
    assert world.trustees.ceremony(ceremony.id).status is CeremonyStatus.USED


def test_a_key_that_was_given_up_before_its_poll_went_out_is_not_announced(quiet: World) -> None:
    world, official = quiet, quiet.members["official 0"]
    ceremony, plan_id, refused = Ceremony(world, 2, 3), world.admit_plan(), list[SignedAct]()

    def refuses(act: SignedAct) -> None:
        with pytest.raises(CeremonyOver):
            world.sealed_polls.complete(act)
        refused.append(act)

    act = world.sealed_polls.propose(world.case.id, world.terms_of(plan_id), ceremony.id, official, 3600)
    world.trustees.end(ceremony.id, "one seat is in doubt", official)
    world.cases.on_signed(ANNOUNCEMENT, refuses)
    world.sign_together(act)
    world.cases.on_signed(ANNOUNCEMENT, world.sealed_polls.complete)
    assert len(refused) == 1


def test_a_poll_whose_sums_no_transaction_could_open_is_not_announced(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    terms.check_sums(16, 5)
    with pytest.raises(TooManySums):
        terms.check_sums(6, 14)
    monkeypatch.setattr(terms, "MOST_PLACES", 5)  # there are two classes
    announcement = quiet.terms_of(quiet.admit_plan(motions=["repayment", "committee", "auditor"]))
    with pytest.raises(TooManySums):
        quiet.polls.draft(quiet.case.id, announcement, quiet.members["official 0"])


def test_several_motions_follow_from_the_plan_and_need_a_seal(quiet: World) -> None:
    world, official = quiet, quiet.members["official 0"]
    plan_id = world.admit_plan(motions=["repayment", "committee", "auditor"])
    with pytest.raises(MotionsNeedSeal):
        world.polls.propose_poll(world.case.id, world.terms_of(plan_id), official)
    ceremony = Ceremony(world, 2, 3)
    act = world.sealed_polls.propose(world.case.id, world.terms_of(plan_id), ceremony.id, official, 3600)
    assert act.summary["titles"] == ["repayment", "committee", "auditor"]
    with pytest.raises(AnotherActOpen):
        world.sealed_polls.propose(world.case.id, world.terms_of(plan_id), ceremony.id, official, 7200)
    world.sign_together(act)
    poll = world.poll_on(plan_id)
    assert (poll.motions, world.chain.sealed_poll(poll.address).motions()) == (3, 3)


def test_a_poll_that_nobody_opens_is_given_up_and_another_is_announced(quiet: World, node: AutomineAnvil) -> None:
    world, official = quiet, quiet.members["official 0"]
    vote = opened_poll(world, Ceremony(world, 2, 3))
    vote.take(1)
    world.ballots.relay_once()
    vote.close()
    with pytest.raises(PollNotOverdue):
        world.sealed_polls.propose_abandonment(vote.poll.id, "a trustee died", official)
    with pytest.raises(PollUnderway):
        world.sealed_polls.propose(world.case.id, world.terms_of(vote.poll.plan_id), Ceremony(world, 2, 3).id, official, 3600)
    node.move_to(vote.poll.parameters.closes_at + 3600)
    world.sign_together(world.sealed_polls.propose_abandonment(vote.poll.id, "a trustee died", official))
    assert world.chain.sealed_poll(vote.poll.address).abandoned_for() == keccak(b"a trustee died")
    assert world.polls.stage(vote.poll.id) is Stage.ABANDONED
    with pytest.raises(PollWasAbandoned):
        world.tally.open_sums(vote.poll.id, official)
    with pytest.raises(PollWasAbandoned):
        world.tally.result(vote.poll.id)
    with pytest.raises(NotTalliedYet):
        world.approvals.attestation(vote.poll.id, official, approve=True)
    world.sealed_tally.counter.run_once()  # shares, secret and counting are still taken
    for seat in (0, 2):
        world.sealed_tally.publish_share(vote.poll.id, seat, vote.ceremony.share(seat))
    assert world.sealed_tally.counter.count(vote.poll)
    assert world.polls.stage(vote.poll.id) is Stage.ABANDONED
    vote.settle()
    for _ in range(3):  # the note goes out once all earlier ones are known
        world.ballots.anchors.run_once()
        world.anvil.mine(3)
        world.chain.pump()
    both_recounts_agree(vote)
    assert world.polls.case_stage(world.case) is not None
    terms = world.terms_of(vote.poll.plan_id)
    world.sealed_polls.propose(world.case.id, terms, Ceremony(world, 2, 3).id, official, 3600)


def test_an_open_poll_or_one_with_a_result_is_not_given_up(quiet: World) -> None:
    world, official = quiet, quiet.members["official 0"]
    vote = world.open_poll()
    with pytest.raises(PollNotSealed):
        world.sealed_polls.propose_abandonment(vote.poll.id, "no", official)
    with pytest.raises(PollNotSealed):
        world.sealed_tally.view(vote.poll.id)
    sealed = opened_poll(world, Ceremony(world, 2, 3))
    sealed.close()  # nobody voted: counted at once
    world.ballots.anchors.run_once()
    assert world.polls.stage(sealed.poll.id) is Stage.COUNTED
    assert not sealed.open_sums(official).passed
    with pytest.raises(PollTalliedAlready):
        world.sealed_polls.propose_abandonment(sealed.poll.id, "no", official)


def test_a_breach_is_proved_by_the_secret_itself_and_every_result_says_so(quiet: World) -> None:
    world, official = quiet, quiet.members["official 0"]
    vote = opened_poll(world, Ceremony(world, 2, 3))
    secret = secret_from({seat: vote.ceremony.share(seat) for seat in (0, 1)}).to_bytes(32, "big")
    digest = seal_breach(world.chain.chain_id, vote.poll.address).digest()
    for wrong in (sign(b"\1" * 32, digest), sign(secret, keccak(b"another")), b"\0" * 65):
        with pytest.raises(BreachNotProved):
            world.sealed_tally.report_breach(vote.poll.id, wrong)
    seen = world.sealed_tally.report_breach(vote.poll.id, sign(secret, digest))
    assert seen.broken_at > 0
    assert world.sealed_tally.report_breach(vote.poll.id, sign(secret, digest)).broken_at == seen.broken_at
    vote.close()
    with pytest.raises(VoteClosedAlready):
        world.sealed_tally.report_breach(vote.poll.id, sign(secret, digest))
    world.ballots.anchors.run_once()
    result = vote.open_sums(official)
    assert result.sealed is not None
    assert result.sealed.broken_at is not None


def test_the_contract_holds_the_acts_of_officials_to_their_number(quiet: World) -> None:
    """A poll of either kind takes the next number: what was signed for it as the other kind fails aloud, and nothing is kept."""
    world, official = quiet, quiet.members["official 0"]
    ceremony = Ceremony(world, 2, 3)
    sealed_plan, open_plan = world.admit_plan(), world.admit_plan()
    act = world.sealed_polls.propose(world.case.id, world.terms_of(sealed_plan), ceremony.id, official, 3600)
    world.sign_together(world.polls.propose_poll(world.case.id, world.terms_of(open_plan), official))
    with pytest.raises(AssertionError, match="NumberTaken"):
        world.sign_together(act)
    assert world.trustees.ceremony(ceremony.id).status is CeremonyStatus.COMPLETE


def test_a_relay_that_is_refused_says_the_contracts_rule(quiet: World) -> None:
    vote = opened_poll(quiet, Ceremony(quiet, 2, 3))
    contract = quiet.chain.sealed_poll(vote.poll.address)
    with pytest.raises(TransactionReverted) as refused:
        quiet.chain.transact(contract.unseal(5), "too early")
    assert refused.value.rule == "Poll_StillOpen"
