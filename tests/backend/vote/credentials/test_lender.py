"""A lender signs in by phone, sees the own claim, and gets a ticket or two officials' vouchers, all over HTTP."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import httpx
import httpx2
import pytest

from backend.ground.audit import store as audit_store
from backend.ground.chain import typed_data
from backend.ground.chain.signatures import sign
from backend.vote.credentials.rules import fingerprint_code
from tests.backend.vote.ballots.browser import Browser
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.world import (
    FOR,
    SHARED_MOBILE,
    Vote,
    address,
    id_number,
    key_of,
    mobile_of,
)
from tests.vectors import reference as ref


def sign_in(vote: Vote, mobile: str) -> tuple[Browser, httpx2.Response]:
    browser = vote.world.browser()
    base = f"/api/polls/{vote.poll.id}/lender"
    assert browser.post(f"{base}/code", {"phone": mobile}).status_code == 200
    code = browser.codes()[-1]["code"]
    answer = browser.post(f"{base}/session", {"phone": mobile, "code": code})
    if answer.status_code == 200 and answer.json()["csrf_token"]:
        browser.http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return browser, answer


@pytest.fixture
def fresh(standing_vote: Vote) -> Vote:
    """Codes of earlier tests do not count against this one."""
    from backend.vote.credentials import store

    with standing_vote.world.sessions.begin() as session:
        session.query(store.PhoneCodeRow).delete()
    return standing_vote


def test_a_lender_sees_a_claim_that_can_be_checked(fresh: Vote) -> None:
    browser, answer = sign_in(fresh, mobile_of(5))
    assert answer.json()["role"] == "lender"
    claim = browser.get(f"/api/polls/{fresh.poll.id}/lender/claim").json()
    point = ref.commit(claim["amount_fen"], int(claim["blind"], 16))
    assert (f"0x{point[0]:064x}", f"0x{point[1]:064x}") == (claim["x"], claim["y"])
    node = ref.leaf_hash(claim["index"], claim["voting_class"], point)
    for sibling in claim["proof"]:
        node = ref.node(node, bytes.fromhex(sibling[2:]))
    assert node == fresh.poll.register_root
    assert claim["amount_fen"] == (1000 + 137 * 5) * 100 + 5
    assert sum(part["amount_fen"] for part in claim["parts"]) == claim["amount_fen"], "where the amount comes from"
    assert claim["next_sequence"] == 1
    assert claim["recorded"] == {"choice": 0, "sequence": 0}
    assert "测试" not in claim["name_masked"]


def test_unknown_phones_get_the_same_answers(fresh: Vote) -> None:
    known, unknown = fresh.world.browser(), fresh.world.browser()
    base = f"/api/polls/{fresh.poll.id}/lender"
    before = len(known.codes())
    answers = [b.post(f"{base}/code", {"phone": p}) for b, p in ((known, mobile_of(6)), (unknown, "17099999999"))]
    assert answers[0].json() == answers[1].json() == {"sent": True, "resend_after_seconds": 60}
    assert len(known.codes()) == before + 1
    again = [b.post(f"{base}/code", {"phone": p}) for b, p in ((known, mobile_of(6)), (unknown, "17099999999"))]
    assert [a.status_code for a in again] == [429, 429]
    assert {a.json()["error"]["code"] for a in again} == {"CodeTooSoon"}
    wrong = [b.post(f"{base}/session", {"phone": p, "code": "000000"}) for b, p in ((known, mobile_of(6)), (unknown, "17099999999"))]
    assert [a.json() for a in wrong] == [wrong[0].json()] * 2
    assert wrong[0].json()["error"]["code"] == "CodeWrong"


def test_lenders_of_one_phone_choose_by_the_end_of_their_document_number(fresh: Vote) -> None:
    browser, answer = sign_in(fresh, SHARED_MOBILE)
    assert answer.json() == {"role": None, "name": None, "csrf_token": None, "document_signs": 4, "name_needed": False}
    assert "lendervote_session" not in browser.http.cookies
    base = f"/api/polls/{fresh.poll.id}/lender"
    body = {"phone": SHARED_MOBILE, "code": browser.codes()[-1]["code"]}
    for foreign in (id_number(5)[-4:], id_number(1)[-3:]):
        refused = browser.post(f"{base}/session", body | {"document_end": foreign})
        assert refused.json()["error"]["code"] == "DocumentEndWrong", foreign
        assert "测试" not in refused.text
    wide = id_number(1)[-4:].translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))
    chosen = browser.post(f"{base}/session", body | {"document_end": f" {wide}\u2066"}).json()
    browser.http.headers["X-CSRF-Token"] = chosen["csrf_token"]
    claim = browser.get(f"{base}/claim").json()
    assert claim["amount_fen"] == (1000 + 137) * 100 + 1, "the claim of lender 1, and nobody else's"
    assert browser.post(f"{base}/session", body | {"document_end": id_number(0)}).json()["error"]["code"] == "CodeWrong", "used up"


def test_wrong_ends_use_up_the_code(fresh: Vote) -> None:
    browser, _ = sign_in(fresh, SHARED_MOBILE)
    base = f"/api/polls/{fresh.poll.id}/lender"
    body = {"phone": SHARED_MOBILE, "code": browser.codes()[-1]["code"]}
    answers = [browser.post(f"{base}/session", body | {"document_end": f"{n:04d}"}).json()["error"]["code"] for n in range(1, 7)]
    assert answers == ["DocumentEndWrong"] * 5 + ["CodeWrong"]


def test_a_phone_abroad_has_a_way_on(fresh: Vote) -> None:
    base = f"/api/polls/{fresh.poll.id}/lender"
    for phone in ("+852 5000 0000", "0755-23456789"):
        refused = fresh.world.browser().post(f"{base}/code", {"phone": phone}).json()["error"]
        assert refused["code"] == "PhoneAbroad"
        assert "服务热线" in refused["message_zh"]
    assert fresh.world.browser().post(f"{base}/code", {"phone": "\u2068170 0719 0009\u2069"}).status_code == 200


def without_mobile(vote: Vote, index: int) -> None:
    """Have the register say of a lender what it says of those who were imported without a phone."""
    from backend.case.register import store

    with vote.world.sessions.begin() as session:
        leaf = session.query(store.LeafRow).filter(store.LeafRow.leaf_index == index).one()
        session.query(store.LenderRow).filter(store.LenderRow.number == leaf.lender_number).one().marks = "no_phone"


def test_a_lender_without_a_mobile_enters_by_an_officials_code(fresh: Vote) -> None:
    base = f"/api/polls/{fresh.poll.id}"
    official, lender = fresh.world.browser().sign_in("official 0"), fresh.world.browser()
    index = next(i for i in range(12) if claimed(fresh, i) == 9)
    assert official.post(f"{base}/entries", {"index": index}).json()["error"]["code"] == "EntryNotNeeded"
    assert lender.post(f"{base}/entries", {"index": index}).status_code == 401
    assert official.post(f"{base}/entries", {"index": 99}).json()["error"]["code"] == "LeafUnknown"
    assert (
        fresh.world.browser().sign_in("stranger").post(f"{base}/entries", {"index": index}).json()["error"]["code"] == "NotOfficialOfCase"
    )
    without_mobile(fresh, index)
    old, entry = (official.post(f"{base}/entries", {"index": index}).json() for _ in range(2))
    end = id_number(9)[-4:]
    for code, document_end in ((old["code"], end), (entry["code"], "0000"), (entry["code"], ""), ("AAAAA-AAAAA", end)):
        refused = lender.post(f"{base}/lender/entry", {"code": code, "document_end": document_end})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "EntryWrong")
    typed = entry["code"].lower().replace("-", " ").replace("0", "o")
    opened = lender.post(f"{base}/lender/entry", {"code": typed, "document_end": end})
    assert opened.json()["role"] == "lender"
    lender.http.headers["X-CSRF-Token"] = opened.json()["csrf_token"]
    assert lender.get(f"{base}/lender/claim").json()["index"] == index
    ticket = lender.post(f"{base}/lender/ticket", {"ballot_key": address("nine")})
    assert ticket.json()["index"] == index, "and so the way by two officials is open"
    assert lender.post(f"{base}/lender/entry", {"code": entry["code"], "document_end": end}).json()["error"]["code"] == "EntryWrong"


def claimed(vote: Vote, index: int) -> int:
    """Which lender of the file has this index."""
    leaf = vote.world.register.leaf(vote.poll.case_id, vote.poll.register_number, index)
    return int(leaf.amount_fen % 100)


@pytest.mark.parametrize(
    ("phone", "code", "error"),
    [
        ("not a phone", "123456", "PhoneNotReadable"),
        ("1" * 41, "123456", "FieldsNotReadable"),
        (mobile_of(7), "12345", "CodeWrong"),
        (mobile_of(7), "１２３４５６", "CodeWrong"),
        (mobile_of(7), "abcdef", "CodeWrong"),
    ],
)
def test_what_is_no_phone_or_code_is_refused(fresh: Vote, phone: str, code: str, error: str) -> None:
    answer = fresh.world.browser().post(f"/api/polls/{fresh.poll.id}/lender/session", {"phone": phone, "code": code})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == error


def test_a_session_is_for_one_poll(standing_vote: Vote) -> None:
    other = standing_vote.world.open_poll()
    browser = standing_vote.world.browser().sign_in_lender(standing_vote.poll, 3)
    answer = browser.get(f"/api/polls/{other.poll.id}/lender/claim")
    assert answer.json()["error"]["code"] == "NotThisPoll"
    assert browser.get("/api/polls/unknown/lender/claim").status_code == 403


def test_claim_and_ticket_need_a_lender(standing_vote: Vote) -> None:
    base = f"/api/polls/{standing_vote.poll.id}/lender"
    nobody, official = standing_vote.world.browser(), standing_vote.world.browser().sign_in("official 0")
    assert nobody.get(f"{base}/claim").status_code == 401
    assert official.get(f"{base}/claim").status_code == 403
    assert nobody.post(f"{base}/ticket", {"ballot_key": address("x")}).status_code == 401
    lender = standing_vote.world.browser().sign_in_lender(standing_vote.poll, 3)
    del lender.http.headers["X-CSRF-Token"]
    assert lender.post(f"{base}/ticket", {"ballot_key": address("x")}).status_code == 403


def test_a_ticket_is_the_relays_signature_for_thirty_minutes(standing_vote: Vote) -> None:
    browser = standing_vote.world.browser().sign_in_lender(standing_vote.poll, 3)
    ticket = browser.post(
        f"/api/polls/{standing_vote.poll.id}/lender/ticket", {"ballot_key": address("phone").upper().replace("0X", "0x")}
    ).json()
    chain = standing_vote.world.chain
    typed = typed_data.phone_ticket(chain.chain_id, standing_vote.poll.address, 3, address("phone"), ticket["expires_at"])
    assert chain.recover(typed.digest(), bytes.fromhex(ticket["signature"][2:])) == standing_vote.poll.parameters.receipt_signer
    assert 1790 <= ticket["expires_at"] - chain.chain_time() <= 1800


@pytest.mark.parametrize("key", ["", "0x", "0x" + "0" * 40, "11" * 20, "0x" + "g" * 40, "0x" + "1" * 41])
def test_what_is_no_ballot_key_gets_no_ticket(standing_vote: Vote, key: str) -> None:
    browser = standing_vote.world.browser().sign_in_lender(standing_vote.poll, 3)
    for path, body in (("ticket", {}), ("voucher-requests", {"method": 1})):
        answer = browser.post(f"/api/polls/{standing_vote.poll.id}/lender/{path}", {"ballot_key": key} | body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "BallotKeyNotReadable")


class Desk:
    """The way by two officials, over HTTP."""

    def __init__(self, vote: Vote, index: int) -> None:
        self.vote, self.index = vote, index
        self.lender = vote.world.browser().sign_in_lender(vote.poll, index)
        body = {"ballot_key": vote.key_address(index), "method": 2}
        self.request = self.lender.post(f"/api/polls/{vote.poll.id}/lender/voucher-requests", body).json()

    def waiting(self, name: str) -> httpx2.Response:
        return self.vote.world.browser().sign_in(name).get(f"/api/polls/{self.vote.poll.id}/voucher-requests")

    def voucher(self, name: str, key: str = "", **changes: object) -> dict[str, object]:
        typed = next(item for item in self.waiting("official 0").json() if item["id"] == self.request["id"])["typed_data"]
        message = typed["message"] | {k: v for k, v in changes.items() if k in ("index", "ballotKey")}
        method = changes.get("method", int(message["method"]))
        vouched_at = changes.get("vouched_at", int(message["vouchedAt"]))
        chain_id, contract = self.vote.world.chain.chain_id, self.vote.poll.address
        digest = typed_data.voucher(chain_id, contract, int(message["index"]), message["ballotKey"], method, vouched_at).digest()  # type: ignore[arg-type]
        signature = "0x" + sign(key_of(key or name), digest).hex()
        return {"signer": address(key or name), "method": method, "vouched_at": vouched_at, "signature": signature}

    def vouch(self, name: str, **changes: object) -> httpx2.Response:
        browser = self.vote.world.browser().sign_in(name)
        return browser.post(f"/api/voucher-requests/{self.request['id']}/vouchers", self.voucher(name, **changes))  # type: ignore[arg-type]


def test_two_officials_vouch_and_the_issuer_takes_it(issuer: IssuerProcess, vote: Vote) -> None:
    issuer.start()
    desk = Desk(vote, 4)
    assert desk.request["status"] == "waiting"
    assert desk.request["code"] == fingerprint_code(vote.key_address(4))
    seen = desk.waiting("official 1").json()
    assert [item["code"] for item in seen] == [desk.request["code"]]
    assert "测试" not in seen[0]["name_masked"]
    row = "赵钱孙李周吴郑王冯陈褚卫".index(vote.world.register.leaf(vote.poll.case_id, vote.poll.register_number, 4).name[0])
    assert (seen[0]["document"], seen[0]["document_ends"]) == ("resident_id", [id_number(row)[-4:]]), (
        "what is compared with the paper in hand"
    )
    assert desk.vouch("official 0").json()["status"] == "waiting"
    assert desk.vouch("official 2").json()["status"] == "vouched"
    assert desk.waiting("official 1").json() == []
    base = f"/api/polls/{vote.poll.id}/lender"
    request = desk.lender.get(f"{base}/voucher-requests/{desk.request['id']}").json()
    ticket = desk.lender.post(f"{base}/ticket", {"ballot_key": vote.key_address(4)}).json()
    body = {
        "poll": vote.poll.address,
        "index": 4,
        "ballot_key": vote.key_address(4),
        "ticket": {"expires_at": ticket["expires_at"], "signature": ticket["signature"]},
        "vouchers": request["vouchers"],
    }
    answer = httpx.post(f"{ticket['verifier_url']}/v1/credentials/vouched", json=body, timeout=30)
    credential = answer.json()["credential"]
    ballot = vote.ballot(4, FOR, credential_expires_at=credential["expires_at"], credential_signature=credential["signature"])
    assert vote.world.ballots.take(vote.poll.id, ballot).is_new
    assert vote.world.issuer.identity() == address("verifier")


def own_voucher(desk: Desk, name: str) -> Any:
    return next(each for each in desk.waiting(name).json() if each["id"] == desk.request["id"])["own_voucher"]


def test_one_official_alone_is_not_enough(standing_vote: Vote) -> None:
    desk = Desk(standing_vote, 5)
    voucher = desk.voucher("official 0")
    browser = standing_vote.world.browser().sign_in("official 0")
    path = f"/api/voucher-requests/{desk.request['id']}/vouchers"
    assert own_voucher(desk, "official 0") is None
    assert browser.post(path, voucher).json()["status"] == "waiting"
    own = own_voucher(desk, "official 0")
    assert own["method"] == voucher["method"], "the desk says what was signed and when, in place of a second button"
    assert datetime.fromisoformat(own["vouched_at"]).timestamp() == voucher["vouched_at"]
    assert own_voucher(desk, "official 2") is None
    assert browser.post(path, voucher).json()["status"] == "waiting", "the same voucher again changes nothing"
    later = desk.voucher("official 0", method=1)
    assert browser.post(path, later).json()["error"]["code"] == "VouchedAlready"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"key": "official 1"}, "SignerNotOwn"),
        ({"key": "stranger"}, "SignerNotOwn"),
        ({"method": 3}, "MethodNotAllowed"),
        ({"index": 9}, "VoucherSignatureWrong"),
        ({"ballotKey": "0x" + "11" * 20}, "VoucherSignatureWrong"),
        ({"vouched_at": 1_000_000}, "VouchedAtOutOfRange"),
        ({"vouched_at": 2**40}, "VouchedAtOutOfRange"),
    ],
)
def test_a_voucher_that_does_not_fit_is_refused(standing_vote: Vote, changes: dict[str, Any], error: str) -> None:
    desk = Desk(standing_vote, 6)
    answer = desk.vouch("official 0", **changes)
    assert answer.json()["error"]["code"] == error
    assert answer.status_code in {403, 422}


def test_only_officials_of_the_case_see_and_vouch(standing_vote: Vote) -> None:
    desk = Desk(standing_vote, 7)
    assert desk.waiting("stranger").json()["error"]["code"] == "NotOfficialOfCase"
    assert desk.waiting("institution").status_code == 403
    stranger = standing_vote.world.browser().sign_in("stranger")
    answer = stranger.post(f"/api/voucher-requests/{desk.request['id']}/vouchers", desk.voucher("official 0"))
    assert answer.json()["error"]["code"] == "NotOfficialOfCase"


def test_a_request_is_the_lenders_own_and_is_made_once(standing_vote: Vote) -> None:
    desk = Desk(standing_vote, 8)
    path = f"/api/polls/{standing_vote.poll.id}/lender/voucher-requests"
    again = desk.lender.post(path, {"ballot_key": standing_vote.key_address(8), "method": 2}).json()
    assert again["id"] == desk.request["id"]
    other = standing_vote.world.browser().sign_in_lender(standing_vote.poll, 9)
    assert other.get(f"{path}/{desk.request['id']}").json()["error"]["code"] == "VoucherRequestUnknown"
    assert desk.lender.post(path, {"ballot_key": address("x"), "method": 3}).json()["error"]["code"] == "MethodNotAllowed"


def test_who_was_declined_by_a_machine_is_seen_first_and_invited(standing_vote: Vote) -> None:
    plain = Desk(standing_vote, 10)
    asked = {"ballot_key": standing_vote.key_address(11), "method": 1, "review": True}
    lender = standing_vote.world.browser().sign_in_lender(standing_vote.poll, 11)
    path = f"/api/polls/{standing_vote.poll.id}/lender/voucher-requests"
    request = lender.post(path, asked).json()
    assert (request["review"], request["invitation"]) == (True, "")
    waiting = plain.waiting("official 0").json()
    assert waiting[0]["id"] == request["id"], "before those who asked earlier"
    assert {item["review"] for item in waiting[1:]} == {False}

    official = standing_vote.world.browser().sign_in("official 0")
    invitation = f"/api/voucher-requests/{request['id']}/invitation"
    assert official.post(invitation, {"words": " 明天上午十点\n视频通话 "}).status_code == 200
    assert lender.get(f"{path}/{request['id']}").json()["invitation"] == "明天上午十点 视频通话"
    for words in ("", "   ", "\u202e·", "一" * 201):
        assert official.post(invitation, {"words": words}).json()["error"]["code"] == "InvitationNotReadable", words
    stranger = standing_vote.world.browser().sign_in("stranger")
    assert stranger.post(invitation, {"words": "来"}).json()["error"]["code"] == "NotOfficialOfCase"
    assert official.post("/api/voucher-requests/none/invitation", {"words": "来"}).json()["error"]["code"] == "VoucherRequestUnknown"


def test_after_the_close_a_code_is_for_looking_only(vote: Vote) -> None:
    browser = vote.world.browser().sign_in_lender(vote.poll, 3)
    base = f"/api/polls/{vote.poll.id}/lender"
    waiting = browser.post(f"{base}/voucher-requests", {"ballot_key": address("w"), "method": 1}).json()["id"]
    assert browser.get(f"{base}/voucher-requests/{waiting}").json()["status"] == "waiting"
    vote.close()
    assert browser.get(f"{base}/voucher-requests/{waiting}").json()["error"]["code"] == "VoteIsOver", "there is nothing to wait for"
    assert browser.post(f"{base}/ticket", {"ballot_key": address("x")}).json()["error"]["code"] == "VoteIsOver"
    late = vote.world.browser().sign_in_lender(vote.poll, 4)
    assert late.get(f"{base}/claim").json()["recorded"]["sequence"] == 0, "everybody may still look whether a ballot was recorded for them"
    for path, body in [("ticket", {"ballot_key": address("x")}), ("voucher-requests", {"ballot_key": address("x"), "method": 1})]:
        answer = late.post(f"{base}/{path}", body)
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "VoteIsOver"


def test_a_name_in_full_is_shown_to_officials_alone_and_the_look_is_written_down(vote: Vote) -> None:
    desk, world = Desk(vote, 6), vote.world
    path = f"/api/voucher-requests/{desk.request['id']}/name-looks"
    name = world.register.document_of(vote.poll.case_id, vote.poll.register_number, 6).name
    assert name.endswith("测试")
    before = world.audit.head().number
    answer = world.browser().sign_in("official 1").post(path)
    assert (answer.status_code, answer.json(), answer.headers["Cache-Control"]) == (200, {"name": name}, "no-store")
    with world.sessions.reading() as session:
        rows = [json.loads(row.entry) for row in audit_store.rows(session) if row.number > before]
    looks = [row for row in rows if row["act"] == f"POST {path}"]
    assert [row["account"] for row in looks] == [world.members["official 1"].account_id]
    for nobody, error in (("stranger", "NotOfficialOfCase"), ("institution", "RoleNotAllowed")):
        assert world.browser().sign_in(nobody).post(path).json()["error"]["code"] == error
    assert desk.lender.post(path).json()["error"]["code"] == "RoleNotAllowed"
    desk.vouch("official 0")
    desk.vouch("official 2")
    over = world.browser().sign_in("official 1").post(path)
    assert over.json()["error"]["code"] == "VoucherRequestUnknown", "who is vouched for has been seen"
