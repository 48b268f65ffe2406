"""The working group's decision: k distinct officials, each once, after the challenge period."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx2
import pytest

from backend.ground.chain.signatures import sign
from backend.ground.chain.typed_data import from_json
from backend.vote.polls.errors import PlanApprovedAlready
from backend.vote.polls.terms import Announcement
from tests.backend.vote.ballots.world import AGAINST, CHALLENGE_SECONDS, FOR, LENDERS, Vote, address, key_of


def counted(vote: Vote, choice: int = FOR) -> Vote:
    for index in range(LENDERS):
        vote.take(index, choice)
    vote.world.ballots.relay_once()
    vote.close()
    vote.open_sums()
    return vote


def after_challenge(vote: Vote) -> Vote:
    ends_at = vote.world.chain.poll(vote.poll.address).challenge_ends_at()
    vote.world.anvil.move_to(ends_at)
    return vote


def attest(vote: Vote, name: str, *, approve: bool = True, key: str = "", signed_for: bool | None = None) -> httpx2.Response:
    browser = vote.world.browser().sign_in(name)
    signature = vote.attestation(key or name, approve=approve if signed_for is None else signed_for)
    body = {"signer": address(key or name), "approve": approve, "signature": "0x" + signature.hex()}
    return browser.post(f"/api/polls/{vote.poll.id}/attestations", body)


def test_two_officials_approve_what_passed(vote: Vote) -> None:
    after_challenge(counted(vote))
    typed = vote.world.browser().sign_in("official 0").get(f"/api/polls/{vote.poll.id}/attestation?approve=true").json()["typed_data"]
    assert sign(key_of("official 0"), from_json(typed).digest()) == vote.attestation("official 0")
    assert attest(vote, "official 0").json() == {"approvals": 1, "refusals": 0, "stage": "tallied"}
    again = attest(vote, "official 0")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "AttestedAlready")
    assert "同意" in again.json()["error"]["message_zh"]
    otherwise = attest(vote, "official 0", approve=False).json()["error"]
    assert otherwise["code"] == "AttestedAlready"
    assert "approval" in otherwise["message_en"]
    assert "refusal" not in otherwise["message_en"]
    assert attest(vote, "official 2").json() == {"approvals": 2, "refusals": 0, "stage": "approved"}
    assert attest(vote, "official 1").json()["error"]["code"] == "Approval_AlreadyDecided"
    result = vote.world.browser().get(f"/api/polls/{vote.poll.id}/result").json()
    assert (result["decision"], result["approvals"]) == ("approved", 2)
    world = vote.world
    opens_at = world.chain.chain_time() + 60
    again_terms = Announcement(vote.poll.plan_id, "CN_SZ_A", opens_at, opens_at + 3600, CHALLENGE_SECONDS, (address("verifier"),))
    with pytest.raises(PlanApprovedAlready):
        world.polls.propose_poll(world.case.id, again_terms, world.members["official 0"])


def test_two_officials_refuse(vote: Vote) -> None:
    after_challenge(counted(vote))
    assert attest(vote, "official 1", approve=False).json()["refusals"] == 1
    assert attest(vote, "official 2", approve=False).json()["stage"] == "refused"


def test_officials_see_who_signed_what_and_when(vote: Vote) -> None:
    """A desk that knows the own signature offers no second one; it stays there to be read after the decision."""
    after_challenge(counted(vote))
    path = f"/api/polls/{vote.poll.id}/attestations"

    def seen_by(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = vote.world.browser().sign_in(name).get(path).json()
        return found

    assert seen_by("official 1") == []
    attest(vote, "official 1", approve=False)
    at = vote.world.chain.chain_time()
    (own,) = seen_by("official 1")
    assert (own["signer"], own["approve"], own["own"]) == (address("official 1"), False, True)
    assert datetime.fromisoformat(own["signed_at"]).timestamp() == at
    attest(vote, "official 2")
    assert [(each["signer"], each["approve"], each["own"]) for each in seen_by("official 2")] == [
        (address("official 1"), False, False),
        (address("official 2"), True, True),
    ]
    assert attest(vote, "official 0").json()["stage"] == "approved"
    assert [each["own"] for each in seen_by("official 0")] == [False, False, True]
    assert vote.world.browser().get(path).status_code == 401


def test_what_did_not_pass_cannot_be_approved(vote: Vote) -> None:
    after_challenge(counted(vote, AGAINST))
    answer = attest(vote, "official 0")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "Approval_PlanDidNotPass")
    assert answer.json()["error"]["message_zh"] != answer.json()["error"]["message_en"]
    assert attest(vote, "official 0", approve=False).json()["refusals"] == 1


def test_nobody_decides_before_the_challenge_period_is_over(vote: Vote) -> None:
    counted(vote)
    ends_at = vote.world.chain.poll(vote.poll.address).challenge_ends_at()
    vote.world.anvil.move_to(ends_at - CHALLENGE_SECONDS // 2)
    assert attest(vote, "official 0").json()["error"]["code"] == "Approval_ChallengeNotOver"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "official 1"}, "SignerNotOwn"),
        ({"key": "institution"}, "SignerNotOwn"),
        ({"signed_for": False}, "AttestationSignatureWrong"),
    ],
)
def test_an_official_signs_with_the_own_key_and_for_what_is_sent(tallied: Vote, changes: dict[str, Any], code: str) -> None:
    assert attest(tallied, "official 0", **changes).json()["error"]["code"] == code


def test_only_officials_of_the_case_attest(tallied: Vote) -> None:
    path = f"/api/polls/{tallied.poll.id}/attestation"
    assert attest(tallied, "stranger", key="official 0").json()["error"]["code"] == "NotOfficialOfCase"
    assert attest(tallied, "institution").status_code == 403
    assert tallied.world.browser().get(path).status_code == 401
    assert tallied.world.browser().sign_in("stranger").get(path).json()["error"]["code"] == "NotOfficialOfCase"


def test_there_is_nothing_to_sign_before_the_count(vote: Vote) -> None:
    answer = vote.world.browser().sign_in("official 0").get(f"/api/polls/{vote.poll.id}/attestation")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "NotTalliedYet")


@pytest.fixture
def tallied(vote: Vote) -> Vote:
    """A counted poll in which nobody voted, after its challenge period."""
    vote.close()
    vote.open_sums()
    return after_challenge(vote)
