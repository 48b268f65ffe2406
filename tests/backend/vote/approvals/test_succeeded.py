"""Officials and institution are all replaced while polls go on: each poll is decided by those who announced it (protocol §24.3)."""

from __future__ import annotations

import pytest

from backend.case.cases.errors import InstitutionSucceeded, OfficialSucceeded
from backend.case.cases.rules import NewOfficial, NewPeople
from backend.people.accounts.visitor import Visitor
from tests.backend.vote.approvals.test_approvals import after_challenge, attest
from tests.backend.vote.ballots.world import FOR, LENDERS, PASSWORD, Vote, World, address, signer


def succeed(world: World, panel: str, submitter: str) -> None:
    """Others come into office under these names; from now on they sign."""
    officials = []
    for number in range(3):
        account = world.accounts.create_account(f"{panel} {number}", "official", PASSWORD)
        world.members[f"{panel} {number}"] = Visitor(account.id, "official", account.name)
        officials.append(NewOfficial(f"{panel} {number}", signer(f"{panel} {number}"), account.id))
    account = world.accounts.create_account(submitter, "institution", PASSWORD)
    world.members[submitter] = Visitor(account.id, "institution", account.name)
    people = NewPeople("接任平台", "91999900MA00000006", signer(submitter), tuple(officials), 2, account.id)
    first = world.members[f"{world.panel} 0"]
    world.sign_together(world.successions.propose(world.case.id, people, 0, "a test of what comes after", first))
    world.successions.complete(world.case.id, first)
    world.panel, world.submitter = panel, submitter


@pytest.fixture(scope="module")
def polls(world: World) -> tuple[Vote, Vote]:
    """One announced before a succession and one after it, both counted and past their challenge period; all in office are others by now."""
    before = world.open_poll()
    succeed(world, "successor", "liquidator")
    after = world.open_poll()
    for vote in (before, after):
        for index in range(LENDERS):
            vote.take(index, FOR)
        world.ballots.relay_once()
    after.close()
    for vote in (before, after):
        vote.open_sums()
    return after_challenge(before), after_challenge(after)


def test_the_new_ones_carry_a_poll_to_its_end_and_the_old_ones_are_refused(world: World, polls: tuple[Vote, Vote]) -> None:
    _, vote = polls
    assert world.polls.get_poll(vote.poll.id).generation == 1
    assert vote.poll.case_fingerprint == world.case.fingerprint
    for number in range(2):
        answer = attest(vote, f"official {number}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "NotOfficialOfPoll")
    contract = world.chain.poll(vote.poll.address)
    assert attest(vote, "successor 0").json() == {"approvals": 1, "refusals": 0, "stage": "tallied"}
    assert attest(vote, "successor 2").json() == {"approvals": 2, "refusals": 0, "stage": "approved"}
    assert not contract.has_attested(signer("official 0"))
    path = f"/api/polls/{vote.poll.id}/attestations"
    assert [each["signer"] for each in world.browser().sign_in("successor 1").get(path).json()] == [
        address("successor 0"), address("successor 2")
    ]  # fmt: skip


def test_the_old_ones_decide_on_what_they_announced_and_the_new_ones_do_not(world: World, polls: tuple[Vote, Vote]) -> None:
    vote, _ = polls
    assert world.polls.get_poll(vote.poll.id).generation == 0
    answer = attest(vote, "successor 0").json()["error"]
    assert answer["code"] == "NotOfficialOfPoll"
    assert "later" in answer["message_en"]
    assert attest(vote, "official 0").json()["approvals"] == 1
    assert attest(vote, "official 1").json()["stage"] == "approved"


def test_whoever_went_proposes_nothing_new(world: World, polls: tuple[Vote, Vote]) -> None:
    vote, _ = polls
    with pytest.raises(OfficialSucceeded):
        world.polls.propose_poll(world.case.id, world.terms_of(vote.poll.plan_id), world.members["official 0"])
    with pytest.raises(OfficialSucceeded):
        world.register.propose_freeze(world.case.id, world.members["official 0"])
    with pytest.raises(InstitutionSucceeded):
        world.plans.draft_plan(world.case.id, "{}", None, world.members["institution"])
    with pytest.raises(OfficialSucceeded):
        world.successions.propose_withdrawal(world.case.id, world.members["official 0"])
