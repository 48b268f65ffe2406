"""From the last second of the vote to the decision: what comes too early, too late, twice or from the wrong person is refused in words.

It is one story, in a stack of its own whose clock it moves; each part is a function named after what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from scripts.rig import steps
from scripts.rig.api import Api
from scripts.rig.chain_access import ChainAccess
from scripts.rig.logins import make_member
from scripts.rig.people import FOR, Member, Phone
from scripts.rig.voting import prove
from tests.acceptance.conftest import Office, Voter, ask, good_ballot, move_to, open_second_case, refusal, wait_until_recorded
from tests.e2e.stack import OpenVote, open_vote


def said(answer: Any, lang: str = "zh") -> tuple[int, str]:
    return answer.status_code, refusal(answer, lang)["code"]


@pytest.fixture
def closing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    """An open vote that nobody else looks at."""
    with open_vote(tmp_path_factory.mktemp("closing")) as opened:
        yield opened


def test_from_the_last_second_to_the_decision(closing: OpenVote) -> None:
    vote, chain = closing, ChainAccess(closing.stack.rpc_url)
    office = open_second_case(vote)
    objector = vote_in_time(vote)
    nothing_is_counted_before_the_close(vote)
    a_credential_ends_by_the_chains_clock(vote, objector, chain)
    the_last_second_and_the_first_after_it(vote, chain, objector)
    nobody_decides_before_the_challenge_period_is_over(vote)
    a_lender_complains_and_an_official_answers(vote, objector, office)
    the_plans_submitter_does_not_decide(vote)
    one_official_attests_once_and_the_second_decides(vote, chain, objector)
    anyone_gets_the_certificate_of_what_was_decided(vote)
    agrees, findings = steps.recount(vote.story)
    assert agrees, findings


def vote_in_time(vote: OpenVote) -> Voter:
    """A lender who votes and comes back after the close, for looking and for complaining only."""
    phone = Voter(vote.url, vote.story.mobiles[9], vote.outbox, vote.poll)
    phone.sign_in()
    phone.credential = prove(vote.story, phone, None)
    receipt = phone.cast(phone.ballot(phone.credential, FOR, 1))
    wait_until_recorded(phone.api, [receipt["number"]])  # the clock is moved past the credential
    return phone


def a_credential_ends_by_the_chains_clock(vote: OpenVote, phone: Voter, chain: ChainAccess) -> None:
    """Where this issuer's credentials last as long as the poll there is nothing to see."""
    expires_at = phone.credential["expires_at"]
    if expires_at < steps.unix(vote.poll["closes_at"]):
        move_to(chain, expires_at + 1)
        answer = ask(phone.api, "POST", f"/api/polls/{vote.poll['id']}/ballots", json=good_ballot(phone, FOR, 2))
        assert said(answer, "en") == (409, "CredentialExpired")


def attest(vote: OpenVote, official: Member, *, approve: bool = True) -> Any:
    path = f"/api/polls/{vote.poll['id']}"
    typed = ask(official.api, "GET", f"{path}/attestation?approve={str(approve).lower()}")
    body = {"signer": official.key.address, "approve": approve, "signature": official.key.sign(typed.json()["typed_data"])}
    return ask(official.api, "POST", f"{path}/attestations", json=body, lang="zh")


def nothing_is_counted_before_the_close(vote: OpenVote) -> None:
    official, path = vote.story.officials[0].api, f"/api/polls/{vote.poll['id']}"
    assert said(ask(official, "POST", f"{path}/tally", lang="zh")) == (409, "PollStillOpen")
    assert said(ask(official, "GET", f"{path}/result", lang="zh")) == (409, "NotTalliedYet")
    assert said(ask(official, "GET", f"{path}/attestation", lang="zh")) == (409, "NotTalliedYet")
    for name in ("certificate.json", "certificate.pdf"):
        assert said(ask(official, "GET", f"{path}/{name}", lang="zh")) == (409, "NotDecidedYet")
    for name, code in (("receipts.jsonl", "ReceiptsNotPublishedYet"), ("result.json", "ResultNotPublishedYet")):
        assert said(ask(official, "GET", f"{path}/published/{name}", lang="zh")) == (409, code)


def the_last_second_and_the_first_after_it(vote: OpenVote, chain: ChainAccess, objector: Voter) -> None:
    """Near the close intake gives no receipt, but the contract takes the ballot; from the close on neither does."""
    closes_at = steps.unix(vote.poll["closes_at"])
    move_to(chain, closes_at - 600)
    phones = [Phone(vote.url, mobile, vote.outbox, vote.poll) for mobile in vote.story.mobiles[1:3]]
    for phone in phones:
        phone.sign_in()
    ballots = [phone.ballot(prove(vote.story, phone, None), FOR, 1) for phone in phones]
    path = f"/api/polls/{vote.poll['id']}/ballots"
    chain.move_to(closes_at - 20)
    assert chain.would_refuse(vote.poll["address"], phones[0].claim, ballots[0], at=closes_at - 1) == ""
    assert "Poll_Closed" in chain.would_refuse(vote.poll["address"], phones[0].claim, ballots[0], at=closes_at)
    chain.cast_directly(vote.poll["address"], phones[0].claim, ballots[0])
    assert said(ask(phones[1].api, "POST", path, json=ballots[1], lang="zh")) == (409, "IntakeOver")
    move_to(chain, closes_at)
    answer = ask(phones[1].api, "POST", path, json=ballots[1])
    assert said(answer, "en") == (409, "PollClosed")
    assert "Beijing time" in answer.json()["error"]["message"], "a time that people read, not seconds since 1970"
    phones[1].read_claim()
    assert phones[1].claim["ballots"] == []
    objector.read_claim()
    assert len(objector.claim["ballots"]) == 1


def nobody_decides_before_the_challenge_period_is_over(vote: OpenVote) -> None:
    official, path = vote.story.officials[0], f"/api/polls/{vote.poll['id']}"
    assert said(ask(official.api, "POST", f"{path}/tally", lang="zh")) == (409, "LeakNotAcknowledged")
    seen = official.api.get(f"{path}/leaks")
    assert (seen["exact"], seen["leaks"]) == (True, True)
    opened = ask(official.api, "POST", f"{path}/tally", json={"acknowledged": seen["report_hash"]})
    assert opened.status_code == 200
    status, code = said(attest(vote, official))
    assert (status, code.endswith("ChallengeNotOver") or code == "TransactionReverted") == (409, True)
    assert (opened.json()["approvals"], opened.json()["decision"]) == (0, None)


def a_lender_complains_and_an_official_answers(vote: OpenVote, objector: Voter, office: Office) -> None:
    path = f"/api/polls/{vote.poll['id']}"
    body = {"kind": "not_recorded", "receipt_number": "AAAA-BBBB-CCCC", "text": "=我的票呢"}
    for broken, code in (({"kind": "angry"}, "ComplaintKindUnknown"), ({"text": " "}, "ComplaintTextMissing")):
        assert said(ask(objector.api, "POST", f"{path}/lender/complaints", json=body | broken, lang="zh")) == (422, code)
    filed = [objector.api.post(f"{path}/lender/complaints", body)["id"] for _ in range(3)]
    assert said(ask(objector.api, "POST", f"{path}/lender/complaints", json=body, lang="zh")) == (409, "ComplaintsMany")
    official = vote.story.officials[0].api
    assert [each["id"] for each in official.get(f"{path}/complaints")] == filed
    assert said(ask(office.institution.api, "GET", f"{path}/complaints", lang="zh")) == (403, "RoleNotAllowed")
    objector.read_claim()
    # Who looks into a complaint sees the lender's receipts in full; a number alone would not tell that much.
    assert official.get(f"/api/complaints/{filed[0]}/receipts") == objector.claim["ballots"] != []
    assert said(ask(office.institution.api, "GET", f"/api/complaints/{filed[0]}/receipts", lang="zh")) == (403, "RoleNotAllowed")
    stranger = make_member(vote.stack, "official-of-no-case", "official")
    stranger.sign_in()
    assert said(ask(stranger.api, "GET", f"/api/complaints/{filed[0]}/receipts", lang="zh")) == (403, "NotOfficialOfCase")
    number = objector.claim["ballots"][0]["number"]
    assert set(ask(official, "GET", f"/api/receipts/{number}").json()) == {"number", "poll_id", "status"}
    official.post(f"/api/complaints/{filed[0]}/answer", {"answer": "已核对。"})
    assert said(ask(official, "POST", f"/api/complaints/{filed[0]}/answer", json={"answer": "x"}, lang="zh")) == (409, "ComplaintClosed")
    own = objector.api.get(f"{path}/lender/complaints")
    assert [(each["status"], each["answer"]) for each in own] == [("closed", "已核对。"), ("waiting", ""), ("waiting", "")]
    table = official.download(f"{path}/complaints.csv").decode("utf-8-sig").splitlines()
    assert len(table) == 4
    assert "'=我的票呢" in table[1]
    database = (vote.stack.data_dir / "lendervote.sqlite3").read_bytes() + (vote.stack.data_dir / "lendervote.sqlite3-wal").read_bytes()
    assert "我的票呢".encode() not in database, "what people wrote is sealed"


def the_plans_submitter_does_not_decide(vote: OpenVote) -> None:
    institution, path = vote.story.institution, f"/api/polls/{vote.poll['id']}/attestations"
    body = {"signer": institution.key.address, "approve": True, "signature": "0x" + "11" * 65}
    assert said(ask(institution.api, "POST", path, json=body, lang="zh")) == (403, "RoleNotAllowed")
    # An official who hands in the institution's signature: it is not the own one.
    typed = ask(vote.story.officials[0].api, "GET", f"/api/polls/{vote.poll['id']}/attestation").json()["typed_data"]
    body["signature"] = institution.key.sign(typed)
    assert said(ask(vote.story.officials[0].api, "POST", path, json=body, lang="zh")) == (403, "SignerNotOwn")


def one_official_attests_once_and_the_second_decides(vote: OpenVote, chain: ChainAccess, objector: Voter) -> None:
    result = ask(vote.story.admin.api, "GET", f"/api/polls/{vote.poll['id']}/result").json()
    chain.move_to(steps.unix(result["challenge_ends_at"]) + 1)
    approve = bool(result["passed"])
    first, second = vote.story.officials[:2]
    assert attest(vote, first, approve=approve).status_code == 200
    assert said(attest(vote, first, approve=approve)) == (409, "AttestedAlready")
    assert said(attest(vote, first, approve=not approve)) == (409, "AttestedAlready")
    decided = attest(vote, second, approve=approve).json()
    assert (decided["approvals"] + decided["refusals"], decided["stage"]) == (2, "approved" if approve else "refused")
    late = {"kind": "other", "text": "太晚"}
    path = f"/api/polls/{vote.poll['id']}/lender/complaints"
    assert said(ask(objector.api, "POST", path, json=late, lang="zh")) == (409, "ComplaintOutOfTime")
    third = attest(vote, vote.story.officials[2], approve=approve)
    assert said(third)[0] == 409


def anyone_gets_the_certificate_of_what_was_decided(vote: OpenVote) -> None:
    nobody, path = Api(vote.url), f"/api/polls/{vote.poll['id']}"
    certificate, result = nobody.get(f"{path}/certificate.json"), nobody.get(f"{path}/result")
    assert certificate["result"]["classes"] == result["classes"]
    assert certificate["decision"]["outcome"] == result["decision"]
    assert [each["name"] for each in certificate["decision"]["officials"]] == [m.name for m in vote.story.officials[:2]]
    for lang in ("zh", "en"):
        paper = ask(nobody, "GET", f"{path}/certificate.pdf?lang={lang}")
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.content == ask(nobody, "GET", f"{path}/certificate.pdf?lang={lang}").content
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
        assert certificate["number"] in text


def test_an_institution_is_not_among_the_officials_of_its_case(vote: OpenVote) -> None:
    body = {
        "name": "DEMO 自己批准自己",
        "institution": {"name": "DEMO", "credit_code": "91999900MA0000002C", "signer": vote.story.institution.key.address},
        "officials": [{"name": m.name, "signer": m.key.address} for m in (*vote.story.officials, vote.story.institution)],
        "threshold": 3,
        "rehearsal": True,
    }
    assert said(ask(vote.story.admin.api, "POST", "/api/cases", json=body, lang="zh")) == (422, "InstitutionIsOfficial")
