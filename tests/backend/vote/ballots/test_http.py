"""Ballots over HTTP: shapes, statuses, and that nothing a client sends makes a 500."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.ground.common.hashing import keccak
from backend.vote.ballots import rules
from tests.backend.vote.ballots.bodies import body_of
from tests.backend.vote.ballots.browser import Browser
from tests.backend.vote.ballots.world import FOR, Vote

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def browser(standing_vote: Vote) -> Browser:
    """One visitor for many requests."""
    return standing_vote.world.browser()


def test_a_receipt_over_http(vote: Vote) -> None:
    browser, path = vote.world.browser(), f"/api/polls/{vote.poll.id}/ballots"
    body = body_of(vote.ballot(0))
    upper = body | {"ballot_key": body["ballot_key"].upper().replace("0X", "0x")}
    first, again = browser.post(path, upper), browser.post(path, body)
    assert (first.status_code, again.status_code) == (201, 200)
    receipt = first.json()
    assert receipt == again.json()
    assert receipt["status"] == "submitted"
    assert receipt["received_at"].endswith("Z")
    assert set(receipt) >= {"number", "ballot_digest", "ballot_key", "index", "sequence", "received_at", "signature", "tx_hash", "block"}
    assert "choice" not in receipt
    assert (receipt["book_number"], receipt["previous"], len(receipt["book"])) == (1, "0x" + 64 * "0", 66)
    assert browser.get("/api/receipts/0000-0000-0000").json()["error"]["code"] == "ReceiptUnknown"


def test_a_number_tells_strangers_whether_the_ballot_stands_and_no_more(standing_vote: Vote) -> None:
    world, poll = standing_vote.world, standing_vote.poll
    receipt = world.browser().post(f"/api/polls/{poll.id}/ballots", body_of(standing_vote.ballot(7))).json()
    path = f"/api/receipts/{receipt['number']}"
    told = {"number": receipt["number"], "poll_id": poll.id, "status": "submitted"}
    for stranger in (
        world.browser(),
        world.browser().sign_in("official 0"),
        world.browser().sign_in("institution"),
        world.browser().sign_in_lender(poll, 8),
        world.browser().sign_in_lender(replace(poll, id="another"), 7),
    ):
        assert stranger.get(path).json() == told
    assert world.browser().sign_in_lender(poll, 7).get(path).json() == receipt


def test_no_number_follows_from_what_the_chain_and_the_published_files_say(standing_vote: Vote) -> None:
    receipt = standing_vote.take(9)
    public = [receipt.ballot_digest, bytes.fromhex(receipt.ballot_key[2:]), bytes.fromhex(receipt.signature[2:]), receipt.place.book]
    derived = {rules.receipt_number(keccak(b"".join(parts))) for count in range(1, 4) for parts in itertools.permutations(public, count)}
    assert receipt.number not in derived


def test_the_claim_shows_the_own_receipts(standing_vote: Vote) -> None:
    standing_vote.take(2, FOR, 1)
    standing_vote.take(2, FOR, 2)
    claim = (
        standing_vote.world.browser().sign_in_lender(standing_vote.poll, 2).get(f"/api/polls/{standing_vote.poll.id}/lender/claim").json()
    )
    assert [ballot["sequence"] for ballot in claim["ballots"]] == [2, 1]
    assert claim["next_sequence"] == 3
    assert claim["recorded"] == {"choice": 0, "sequence": 0}


def test_an_unknown_poll_is_404(standing_vote: Vote) -> None:
    answer = standing_vote.world.browser().post("/api/polls/nothing/ballots", body_of(standing_vote.ballot(1)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "PollUnknown")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"index": 99}, 422, "IndexOutOfRange"),
        ({"index": 2**63}, 422, "FieldsNotReadable"),
        ({"index": "1"}, 422, "FieldsNotReadable"),
        ({"index": 1.0}, 422, "FieldsNotReadable"),
        ({"index": True}, 422, "FieldsNotReadable"),
        ({"choice": 9}, 422, "ChoiceNotAllowed"),
        ({"sequence": 64}, 422, "SequenceOutOfRange"),
        ({"ballot_key": "0x12"}, 422, "FieldsNotReadable"),
        ({"ballot_signature": "0x" + "ab" * 64}, 422, "FieldsNotReadable"),
        ({"ballot_signature": "0x" + "zz" * 65}, 422, "FieldsNotReadable"),
        ({"credential_expires_at": 2**64}, 422, "FieldsNotReadable"),
        ({"credential_expires_at": 5}, 409, "CredentialExpired"),
        ({"credential_signature": None}, 422, "FieldsNotReadable"),
        ({"name": "张三"}, 422, "FieldsNotReadable"),
    ],
)
def test_bad_fields_are_named(standing_vote: Vote, changes: dict[str, Any], status: int, code: str) -> None:
    body = body_of(standing_vote.ballot(3)) | changes
    answer = standing_vote.world.browser().post(f"/api/polls/{standing_vote.poll.id}/ballots", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    error = answer.json()["error"]
    assert error["message_zh"]
    assert error["message_en"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_body_makes_a_500(standing_vote: Vote, browser: Browser, data: st.DataObject) -> None:
    body: Any = body_of(standing_vote.ballot(3))
    for name in data.draw(st.lists(st.sampled_from(sorted(body)), min_size=1, max_size=3, unique=True)):
        body[name] = data.draw(JSON)
    # As text, so that Infinity and halves of surrogate pairs get through to the server.
    answer = browser.http.post(
        f"/api/polls/{standing_vote.poll.id}/ballots", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {409, 422}
    assert standing_vote.world.ballots.own_ballots(standing_vote.poll.id, 3).receipts == []
