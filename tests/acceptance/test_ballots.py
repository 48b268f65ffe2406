"""Ballots that break a rule, handed in over HTTP to the running service: a sentence each, and nothing of them stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.rig.keys import Key, ballot_typed_data
from scripts.rig.people import AGAINST, FOR
from tests.acceptance.conftest import Voter, ask, good_ballot, refusal, signed_in
from tests.e2e.stack import OpenVote

STRANGER = Key.make()


def signed_for(lender: Voter, *, chain_id: int = 0, contract: str = "", plan_hash: str = "") -> dict[str, Any]:
    """A ballot signed by the right key for another vote."""
    poll = lender.poll
    typed = ballot_typed_data(
        chain_id or poll["chain_id"], contract or poll["address"], lender.claim["index"], FOR, 1, plan_hash or poll["plan"]["plan_hash"]
    )
    return good_ballot(lender) | {"ballot_signature": lender.key.sign(typed)}


def by_stranger(lender: Voter) -> dict[str, Any]:
    """A ballot whose credential speaks of another key."""
    poll = lender.poll
    typed = ballot_typed_data(poll["chain_id"], poll["address"], lender.claim["index"], FOR, 1, poll["plan"]["plan_hash"])
    return good_ballot(lender) | {"ballot_key": STRANGER.address, "ballot_signature": STRANGER.sign(typed)}


BAD: dict[str, tuple[Callable[[Voter], dict[str, Any]], int, str]] = {
    "another poll's contract": (lambda p: signed_for(p, contract="0x" + "ab" * 20), 422, "BallotNotSignedByKey"),
    "the case's contract": (lambda p: signed_for(p, contract=p.poll["case_address"]), 422, "BallotNotSignedByKey"),
    "another chain": (lambda p: signed_for(p, chain_id=1), 422, "BallotNotSignedByKey"),
    "another plan": (lambda p: signed_for(p, plan_hash="0x" + "11" * 32), 422, "BallotNotSignedByKey"),
    "first index beyond the register": (lambda p: good_ballot(p) | {"index": p.poll["register"]["leaf_count"]}, 422, "IndexOutOfRange"),
    "index raised by 2^32": (lambda p: good_ballot(p) | {"index": p.claim["index"] + 2**32}, 422, "IndexOutOfRange"),
    "index below 0": (lambda p: good_ballot(p) | {"index": -1}, 422, "IndexOutOfRange"),
    "index of 2^63": (lambda p: good_ballot(p) | {"index": 2**63}, 422, "FieldsNotReadable"),
    "index of 2^256": (lambda p: good_ballot(p) | {"index": 2**256}, 422, "FieldsNotReadable"),
    "index as text": (lambda p: good_ballot(p) | {"index": str(p.claim["index"])}, 422, "FieldsNotReadable"),
    "index as a fraction": (lambda p: good_ballot(p) | {"index": p.claim["index"] + 0.5}, 422, "FieldsNotReadable"),
    "another lender's index": (lambda p: good_ballot(p) | {"index": (p.claim["index"] + 1) % 12}, 422, "BallotNotSignedByKey"),
    "choice 0": (lambda p: good_ballot(p) | {"choice": 0}, 422, "ChoiceNotAllowed"),
    "choice 4": (lambda p: good_ballot(p) | {"choice": 4}, 422, "ChoiceNotAllowed"),
    "a changed choice": (lambda p: good_ballot(p) | {"choice": AGAINST}, 422, "BallotNotSignedByKey"),
    "sequence 0": (lambda p: good_ballot(p) | {"sequence": 0}, 422, "SequenceOutOfRange"),
    "sequence 64": (lambda p: good_ballot(p) | {"sequence": 64}, 422, "SequenceOutOfRange"),
    "a key without a credential": (by_stranger, 422, "CredentialNotByVerifier"),
    "a credential whose expiry was changed": (
        lambda p: good_ballot(p) | {"credential_expires_at": p.credential["expires_at"] + 1}, 422, "CredentialNotByVerifier",
    ),
    "a credential of long ago": (lambda p: good_ballot(p) | {"credential_expires_at": 1}, 409, "CredentialExpired"),
    "a signature that is none": (lambda p: good_ballot(p) | {"ballot_signature": "0x" + "ff" * 65}, 422, "BallotNotSignedByKey"),
    "a field too many": (lambda p: good_ballot(p) | {"name": "张三"}, 422, "FieldsNotReadable"),
    "a field too few": (lambda p: {k: v for k, v in good_ballot(p).items() if k != "choice"}, 422, "FieldsNotReadable"),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_ballot_gets_a_sentence_and_leaves_nothing(vote: OpenVote, lender: Voter, name: str, lang: str) -> None:
    make, status, code = BAD[name]
    answer = ask(lender.api, "POST", f"/api/polls/{vote.poll['id']}/ballots", json=make(lender), lang=lang)
    error = refusal(answer, lang)
    assert (answer.status_code, error["code"]) == (status, code)
    lender.read_claim()
    assert (lender.claim["ballots"], lender.claim["next_sequence"]) == ([], 1)


def test_a_poll_that_does_not_exist_takes_no_ballot(lender: Voter) -> None:
    answer = ask(lender.api, "POST", "/api/polls/01ARZ3NDEKTSV4RRFFQ69G5FAV/ballots", json=good_ballot(lender))
    assert (answer.status_code, refusal(answer, "en")["code"]) == (404, "PollUnknown")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"index": NaN}', b'{"index": 1' + b"0" * 5000 + b"}", b"[" * 3000]
)
def test_what_is_no_ballot_at_all_is_refused_in_words(vote: OpenVote, lender: Voter, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    refusal(ask(lender.api, "POST", f"/api/polls/{vote.poll['id']}/ballots", content=body, headers=headers), "en")


def test_an_older_sequence_is_not_newer_and_a_repeat_is_the_same_receipt(vote: OpenVote) -> None:
    lender = signed_in(vote, 10)
    path = f"/api/polls/{vote.poll['id']}/ballots"
    first = ask(lender.api, "POST", path, json=good_ballot(lender, FOR, 1))
    second = ask(lender.api, "POST", path, json=good_ballot(lender, AGAINST, 2))
    assert (first.status_code, second.status_code) == (201, 201)
    again = ask(lender.api, "POST", path, json=good_ballot(lender, FOR, 1))
    assert again.status_code == 200
    assert again.json()["number"] == first.json()["number"]
    older = ask(lender.api, "POST", path, json=good_ballot(lender, AGAINST, 1), lang="zh")
    assert (older.status_code, refusal(older, "zh")["code"]) == (409, "SequenceNotNewer")
    lender.read_claim()
    assert (len(lender.claim["ballots"]), lender.claim["next_sequence"]) == (2, 3)
