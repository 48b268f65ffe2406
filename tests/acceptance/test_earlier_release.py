"""What the first release left: an installation with a decided poll, and one that was killed while ballots were on their way.

Today's backend, issuer and chain are started on it. It is a stack of its own, apart from the other files'. The poll that was interrupted
goes to its end in one story; what the others look at stays as it was.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.generate.claims import generate
from scripts.rig import steps
from scripts.rig.people import AGAINST, FOR, Phone
from scripts.rig.voting import prove
from tests.acceptance.conftest import ask, refusal, wait_until_recorded
from tests.acceptance.installations import Left, started

pytestmark = pytest.mark.drill
DECIDED, IN_MID_VOTE = "58yqtac57qkwr6q3y98j", "8cgae3mcykczdrmqr3b5"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    with started(1, tmp_path_factory.mktemp("release-1"), DECIDED) as left:
        yield left


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_the_decided_poll_reads_as_before(release: Left) -> None:
    public, files = release.public, release.was["files"]
    assert release.download(DECIDED) == files
    told, result = json.loads(files["result.json"]), public.get(f"/api/polls/{DECIDED}/result")
    assert (result["decision"], result["passed"], result["result_hash"]) == ("approved", True, told["result_hash"])
    assert [{name: each[name] for name in told["tallies"][0]} for each in result["classes"]] == told["tallies"]
    assert result["excluded"] == []
    poll = public.get(f"/api/polls/{DECIDED}")
    assert (poll["protocol"], poll["stage"]) == (1, "approved")
    certificate = public.get(f"/api/polls/{DECIDED}/certificate.json")
    assert certificate["format"] == "lendervote-certificate/1"
    assert set(certificate["result"]) == {"classes", "passed", "result_hash"}
    for lang in ("zh", "en"):
        page = ask(public, "GET", f"/polls/{DECIDED}", lang=lang)
        assert page.status_code == 200
        assert poll["plan"]["title"] in page.text


def test_receipts_of_before_still_tell_what_became_of_their_ballots(release: Left) -> None:
    for poll_id, number, *_ in release.was["ballots"][:32]:
        told = release.public.get(f"/api/receipts/{number}")
        assert told == {"number": number, "poll_id": poll_id, "status": "confirmed"}


def test_the_interrupted_poll_goes_on_to_its_end_by_protocol_1(release: Left, tmp_path: Path) -> None:
    ballots_that_waited_when_it_was_killed_reach_the_chain(release)
    newcomer = release.somebody_who_has_not_voted(IN_MID_VOTE)
    a_new_ballot_is_taken_with_a_receipt_of_protocol_1(release, newcomer)
    the_poll_is_counted_decided_and_published_by_protocol_1(release)
    a_recount_of_that_poll_agrees(release, tmp_path)
    its_case_goes_on_by_protocol_1(release)


def ballots_that_waited_when_it_was_killed_reach_the_chain(release: Left) -> None:
    waiting = [number for poll_id, number, *_, status in release.was["ballots"] if poll_id == IN_MID_VOTE and status != "confirmed"]
    assert len(waiting) == 26
    wait_until_recorded(release.public, waiting)
    kept = release.before.rows("SELECT poll_id, number, lender_index, digest, receipt_signature FROM ballots ORDER BY id")
    assert kept == [each[:5] for each in release.was["ballots"]]


def a_new_ballot_is_taken_with_a_receipt_of_protocol_1(release: Left, newcomer: Phone) -> None:
    vote = release.vote
    vote.poll = release.public.get(f"/api/polls/{IN_MID_VOTE}")
    receipt = newcomer.cast(newcomer.ballot(prove(vote, newcomer, None), AGAINST, 1))
    assert (receipt["book"], receipt["book_number"], receipt["previous"]) == (None, None, None)
    wait_until_recorded(newcomer.api, [receipt["number"]])
    newcomer.read_claim()
    assert newcomer.claim["recorded"] == {"choice": AGAINST, "sequence": 1}


def the_poll_is_counted_decided_and_published_by_protocol_1(release: Left) -> None:
    vote = release.vote
    steps.close_and_open_sums(vote)
    steps.decide(vote)
    files = release.download(IN_MID_VOTE)
    assert "protocol" not in json.loads(files["poll.json"])
    register, result = json.loads(files["register.json"]), json.loads(files["result.json"])
    of_before = {name: json.loads(release.was["files"][name]) for name in ("poll.json", "register.json", "result.json")}
    assert json.loads(files["poll.json"]).keys() == of_before["poll.json"].keys()
    assert register.keys() == of_before["register.json"].keys()
    assert result.keys() == of_before["result.json"].keys()
    assert result["decision"] == ("approved" if result["passed"] else "refused")
    [tally] = result["tallies"]
    assert sum(tally[f"heads_{choice}"] for choice in ("for", "against", "abstain")) == 32
    receipts, before = (lines(content["receipts.jsonl"]) for content in (files, release.was["files"]))
    assert len(receipts) == 31
    assert {frozenset(receipt) for receipt in receipts} == {frozenset(receipt) for receipt in before}


def a_recount_of_that_poll_agrees(release: Left, tmp_path: Path) -> None:
    for name, content in release.download(IN_MID_VOTE).items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-m", "verifier.tally", "--rpc", release.stack.rpc_url, "--published", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def its_case_goes_on_by_protocol_1(release: Left) -> None:
    """A corrected register, another plan and a third poll: signed and sent as the case's own contract takes them."""
    vote = release.vote
    register_file, mobiles = generate(lenders=40, seed=11, out=release.stack.data_dir / "corrected")
    steps.import_and_freeze(vote, register_file)
    acts = vote.officials[0].api.get(f"/api/acts?case_id={vote.case['id']}")
    newest = max((act for act in acts if act["kind"] == "register_freeze"), key=lambda act: act["number"])
    assert set(newest["typed_data"]["message"]) == {"registerNumber", "root", "leafCount", "classesHash"}
    vote.plan = steps.submit_plan(vote, version=4)
    steps.sign_together(vote, vote.officials[0].api.post(f"/api/plans/{vote.plan['id']}/admission"))
    steps.announce_poll(vote)
    assert (vote.poll["protocol"], vote.poll["stage"], vote.poll["number"]) == (1, "open", 2)
    # A phone that has just asked for a code waits for the next one.
    asked = (release.stack.data_dir / "outbox" / "sms.jsonl").read_text()
    phone = release.phone(next(mobile for mobile in mobiles if mobile not in asked), vote.poll["id"])
    phone.sign_in()
    receipt = phone.cast(phone.ballot(prove(vote, phone, None), FOR, 1))
    assert receipt["book"] is None
    wait_until_recorded(phone.api, [receipt["number"]])


def test_a_case_of_today_on_the_same_chain_is_of_protocol_4(release: Left) -> None:
    """Both stand side by side in one installation."""
    body: dict[str, Any] = {
        "name": "DEMO 第二案件",
        "institution": {"name": "DEMO 第二平台", "credit_code": "91999900MA00000006", "signer": "0x" + "7" * 40},
        "officials": [{"name": f"成员{at}", "signer": "0x" + f"{at}" * 40} for at in (1, 2, 3)],
        "threshold": 2,
    }
    case = release.vote.admin.api.post("/api/cases", body)
    assert (case["protocol"], case["rehearsal"]) == (5, False)
    assert (release.vote.case["protocol"], release.vote.case["rehearsal"]) == (1, False)
    relay = release.public.get(f"/api/polls/{DECIDED}")["receipt_signer"]
    body["officials"][0]["signer"] = relay
    assert refusal(ask(release.vote.admin.api, "POST", "/api/cases", json=body), "en")["code"] == "RelayIsMember"
