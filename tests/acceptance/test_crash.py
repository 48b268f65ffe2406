"""The power goes in the middle of a vote: receipts that were given still hold, and the ballots reach the chain once."""

from __future__ import annotations

import pytest

from scripts.rig.people import FOR, Phone
from scripts.rig.voting import prove
from tests.acceptance.conftest import ask, wait_until_recorded
from tests.e2e.stack import OpenVote


@pytest.mark.drill
def test_receipts_hold_when_the_backend_is_killed_in_mid_vote(vote: OpenVote) -> None:
    phones = [Phone(vote.url, mobile, vote.outbox, vote.poll) for mobile in vote.story.mobiles[5:9]]
    for phone in phones:
        phone.sign_in()
    ballots = [phone.ballot(prove(vote.story, phone, None), FOR, 1) for phone in phones]
    receipts = [phone.cast(ballot) for phone, ballot in zip(phones, ballots, strict=True)]
    vote.stack.kill_backend()
    vote.stack.start_backend()
    for phone, ballot, receipt in zip(phones, ballots, receipts, strict=True):
        kept = ask(phone.api, "GET", f"/api/receipts/{receipt['number']}").json()
        same = ("ballot_digest", "signature", "received_at_seconds", "index", "sequence", "ballot_key")
        assert {name: kept[name] for name in same} == {name: receipt[name] for name in same}
        again = ask(phone.api, "POST", f"/api/polls/{vote.poll['id']}/ballots", json=ballot)
        assert (again.status_code, again.json()["signature"]) == (200, receipt["signature"])
    wait_until_recorded(phones[0].api, [receipt["number"] for receipt in receipts])
    for phone in phones:
        phone.read_claim()  # the session outlived the process too
        assert phone.claim["recorded"] == {"choice": FOR, "sequence": 1}
