"""Every call of the API with every role: who is nobody is asked to sign in, who has another role is told so, nothing ends in a defect.

The calls come from the service's own OpenAPI document, so a new one has to be entered here before it passes.
"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from scripts.rig.api import Api
from scripts.rig.logins import make_member
from tests.acceptance.conftest import Office, Voter, ask, refusal
from tests.e2e.stack import OpenVote

ANYONE = frozenset({"nobody", "lender", "institution", "official", "admin"})
LENDER, INSTITUTION, OFFICIAL, ADMIN = (frozenset({role}) for role in ("lender", "institution", "official", "admin"))
SIGNED_IN, MEMBER = ANYONE - {"nobody"}, OFFICIAL | INSTITUTION | ADMIN
# Whom the role lets pass; whether the thing named is then the visitor's own is asked below.
WHO: dict[str, frozenset[str]] = {
    "GET /healthz": ANYONE,
    "GET /readyz": ANYONE,
    "GET /api/healthz": ANYONE,
    "GET /api/readyz": ANYONE,
    "POST /api/session": ANYONE,
    "GET /api/session": ANYONE,
    "DELETE /api/session": SIGNED_IN,
    "POST /api/session/password": OFFICIAL | INSTITUTION | ADMIN,
    "POST /api/session/second-factor": OFFICIAL | INSTITUTION | ADMIN,
    "POST /api/session/second-factor/confirmation": OFFICIAL | INSTITUTION | ADMIN,
    "GET /api/session/passkey": OFFICIAL | INSTITUTION,
    "POST /api/session/passkey/offer": OFFICIAL | INSTITUTION,
    "POST /api/session/passkey": OFFICIAL | INSTITUTION,
    "GET /api/accounts": ADMIN,
    "POST /api/accounts": ADMIN,
    "POST /api/accounts/{account_id}/changes": ADMIN,
    "GET /api/account-changes": OFFICIAL | ADMIN,
    "POST /api/account-changes/{change_id}/confirmation": OFFICIAL | ADMIN,
    "POST /api/account-changes/{change_id}/withdrawal": ADMIN,
    "POST /api/cases": ADMIN,
    "POST /api/cases/check": ADMIN,
    "POST /api/cases/{case_id}/listing": OFFICIAL,
    "GET /api/cases.csv": MEMBER,
    "GET /api/cases": MEMBER,
    "GET /api/cases/{case_id}": MEMBER,
    "GET /api/acts": OFFICIAL,
    "GET /api/acts/{act_id}": OFFICIAL,
    "POST /api/acts/{act_id}/signatures": OFFICIAL,
    "POST /api/acts/{act_id}/retry": OFFICIAL,
    "POST /api/acts/{act_id}/withdrawal": OFFICIAL,
    "GET /api/acts/{act_id}/claims-file": OFFICIAL,
    "POST /api/acts/{act_id}/openings-file": OFFICIAL,
    "GET /api/acts/{act_id}/range-proofs": OFFICIAL,
    "GET /api/register/template.xlsx": ANYONE,
    "GET /api/register/template.csv": ANYONE,
    "POST /api/cases/{case_id}/register/imports": INSTITUTION,
    "GET /api/cases/{case_id}/register/imports/{import_id}": MEMBER,
    "GET /api/cases/{case_id}/register/imports/{import_id}/rejects.csv": MEMBER,
    "GET /api/cases/{case_id}/register": MEMBER,
    "GET /api/cases/{case_id}/register/for-officials": OFFICIAL,
    "GET /api/cases/{case_id}/register/for-officials.csv": OFFICIAL,
    "POST /api/cases/{case_id}/register/freeze": OFFICIAL,
    "POST /api/cases/{case_id}/plans": INSTITUTION,
    "GET /api/cases/{case_id}/plans": ANYONE,
    "POST /api/plans/{plan_id}/submission": INSTITUTION,
    "POST /api/plans/{plan_id}/return": OFFICIAL,
    "POST /api/plans/{plan_id}/admission": OFFICIAL,
    "GET /api/plans/{plan_id}": ANYONE,
    "GET /api/plans/{plan_id}/changes": ANYONE,
    "GET /api/plans/{plan_id}/contradictions": INSTITUTION | OFFICIAL,
    "GET /api/plans/{plan_id}/plan.pdf": ANYONE,
    "GET /api/plans/{plan_id}/plan.json": ANYONE,
    "GET /api/loan-book/template.xlsx": ANYONE,
    "GET /api/loan-book/template.csv": ANYONE,
    "POST /api/cases/{case_id}/loan-book": INSTITUTION,
    "POST /api/cases/{case_id}/loan-book/rejects.csv": INSTITUTION,
    "GET /api/cases/{case_id}/outlook": ANYONE,
    "GET /api/cases/{case_id}/outlook/{content_hash}.json": ANYONE,
    "GET /api/cases/{case_id}/successions": ANYONE,
    "POST /api/cases/{case_id}/successions": OFFICIAL,
    "POST /api/cases/{case_id}/successions/withdrawal": OFFICIAL,
    "POST /api/cases/{case_id}/successions/completion": MEMBER,
    "POST /api/cases/{case_id}/escrows": ANYONE,
    "POST /api/cases/{case_id}/escrows/proposal": OFFICIAL,
    "GET /api/cases/{case_id}/escrows/{register_number}": ANYONE,
    "GET /api/cases/{case_id}/escrows/{register_number}/escrow.json": ANYONE,
    "GET /api/cases/{case_id}/flags": ANYONE,
    "GET /api/cases/{case_id}/flags/queue": OFFICIAL,
    "POST /api/flags/{item_id}/decision": OFFICIAL,
    "POST /api/flag-objections/{objection_id}/answer": OFFICIAL,
    "GET /api/polls/{poll_id}/lender/flags": LENDER,
    "POST /api/polls/{poll_id}/lender/flags/{item_id}/objection": LENDER,
    "GET /api/cases/{case_id}/trustees": ANYONE,
    "POST /api/cases/{case_id}/trustees": OFFICIAL,
    "GET /api/cases/{case_id}/appointed.json": ANYONE,
    "GET /api/cases/{case_id}/ceremonies": ANYONE,
    "GET /api/ceremonies/{ceremony_id}/ceremony.json": ANYONE,
    "GET /api/polls/{poll_id}/announced.json": ANYONE,
    "POST /api/cases/{case_id}/ceremonies": OFFICIAL,
    "GET /api/ceremonies/{ceremony_id}": ANYONE,
    "POST /api/ceremonies/{ceremony_id}/roll": OFFICIAL,
    "POST /api/ceremonies/{ceremony_id}/end": OFFICIAL,
    "POST /api/ceremonies/{ceremony_id}/seats/{seat}/entry": ANYONE,
    "POST /api/ceremonies/{ceremony_id}/seats/{seat}/dealing": ANYONE,
    "POST /api/ceremonies/{ceremony_id}/seats/{seat}/confirmation": ANYONE,
    "POST /api/ceremonies/{ceremony_id}/complaint": ANYONE,
    "GET /api/ceremonies/{ceremony_id}/roll.json": ANYONE,
    "GET /api/ceremonies/{ceremony_id}/seal.json": ANYONE,
    "GET /api/rules": ANYONE,
    "POST /api/cases/{case_id}/polls": OFFICIAL,
    "POST /api/cases/{case_id}/polls/sealed": OFFICIAL,
    "POST /api/polls/{poll_id}/abandonment": OFFICIAL,
    "GET /api/polls/{poll_id}/seal": ANYONE,
    "POST /api/polls/{poll_id}/shares": ANYONE,
    "POST /api/polls/{poll_id}/breach": ANYONE,
    "GET /api/polls": ANYONE,
    "GET /api/polls/{poll_id}": ANYONE,
    "POST /api/polls/{poll_id}/lender/code": ANYONE,
    "POST /api/polls/{poll_id}/lender/session": ANYONE,
    "POST /api/polls/{poll_id}/entries": OFFICIAL,
    "POST /api/polls/{poll_id}/lender/entry": ANYONE,
    "POST /api/polls/{poll_id}/lender/ticket": LENDER,
    "POST /api/polls/{poll_id}/lender/voucher-requests": LENDER,
    "GET /api/polls/{poll_id}/lender/voucher-requests/{request_id}": LENDER,
    "GET /api/polls/{poll_id}/lender/claim": LENDER,
    "GET /api/polls/{poll_id}/voucher-requests": OFFICIAL,
    "GET /api/voucher-requests/{request_id}/declined": OFFICIAL,
    "POST /api/cases/{case_id}/identity-files": OFFICIAL | INSTITUTION,
    "GET /api/acts/{act_id}/identity-file": OFFICIAL,
    "POST /api/voucher-requests/{request_id}/name-looks": OFFICIAL,
    "POST /api/voucher-requests/{request_id}/vouchers": OFFICIAL,
    "POST /api/voucher-requests/{request_id}/invitation": OFFICIAL,
    "POST /api/polls/{poll_id}/likenesses": OFFICIAL,
    "GET /api/polls/{poll_id}/likenesses": OFFICIAL,
    "GET /api/polls/{poll_id}/likenesses.csv": OFFICIAL,
    "POST /api/likenesses/{pair_id}/{finding}": OFFICIAL,
    "POST /api/polls/{poll_id}/ballots": ANYONE,
    "GET /api/receipts/{number}": ANYONE,
    "GET /api/cases/{case_id}/leaks": OFFICIAL,
    "GET /api/polls/{poll_id}/leaks": OFFICIAL,
    "POST /api/polls/{poll_id}/tally": OFFICIAL,
    "GET /api/polls/{poll_id}/result": ANYONE,
    "GET /api/polls/{poll_id}/turnout": OFFICIAL,
    "POST /api/polls/{poll_id}/lender/complaints": LENDER,
    "GET /api/polls/{poll_id}/lender/complaints": LENDER,
    "GET /api/polls/{poll_id}/complaints": OFFICIAL,
    "GET /api/polls/{poll_id}/complaints.csv": OFFICIAL,
    "GET /api/complaints/{complaint_id}/receipts": OFFICIAL,
    "POST /api/complaints/{complaint_id}/answer": OFFICIAL,
    "GET /api/polls/{poll_id}/notices": ANYONE,
    "GET /api/polls/{poll_id}/lender/notices": LENDER,
    "POST /api/polls/{poll_id}/contested": ANYONE,
    "POST /api/contests": ANYONE,
    "POST /api/polls/{poll_id}/lender/word": LENDER,
    "GET /api/polls/{poll_id}/numbers": OFFICIAL,
    "POST /api/polls/{poll_id}/numbers": OFFICIAL,
    "POST /api/polls/{poll_id}/numbers/{change_id}/confirmation": OFFICIAL,
    "POST /api/polls/{poll_id}/numbers/{change_id}/withdrawal": OFFICIAL,
    "POST /api/notices/check": ANYONE,
    "POST /api/notices/reports/{provider}/{token}": ANYONE,
    "GET /api/notices/{mailing_id}/not-reached.csv": OFFICIAL,
    "GET /api/notices/{mailing_id}/letters.csv": OFFICIAL,
    "GET /api/notices/{mailing_id}/letters.pdf": OFFICIAL,
    "POST /api/notices/{mailing_id}/posted": OFFICIAL,
    "GET /api/polls/{poll_id}/attestation": OFFICIAL,
    "GET /api/polls/{poll_id}/attestations": OFFICIAL,
    "POST /api/polls/{poll_id}/attestations": OFFICIAL,
    "GET /api/polls/{poll_id}/certificate.json": ANYONE,
    "GET /api/polls/{poll_id}/certificate.pdf": ANYONE,
    "GET /api/polls/{poll_id}/published.zip": ANYONE,
    "GET /api/polls/{poll_id}/transactions.csv": ANYONE,
    "GET /api/polls/{poll_id}/published/{name}": ANYONE,
}  # fmt: skip
OPERATIONAL = {
    "GET /api/metrics",
    "GET /api/livez",
    "GET /api/readyz",
}  # for the installation's own machines, kept from outside by its proxy


@pytest.fixture(scope="package")
def visitors(vote: OpenVote, lender: Voter, office: Office) -> dict[str, Api]:
    """One browser for each role; `elsewhere` have a role, but in another case or none."""
    stranger = make_member(vote.stack, "official-elsewhere", "official")
    stranger.sign_in()
    return {
        "nobody": Api(vote.url),
        "lender": lender.api,
        "institution": vote.story.institution.api,
        "official": vote.story.officials[0].api,
        "admin": vote.story.admin.api,
        "official elsewhere": stranger.api,
        "institution elsewhere": office.institution.api,
    }


@pytest.fixture(scope="package")
def calls(vote: OpenVote) -> list[str]:
    paths = ask(Api(vote.url), "GET", "/api/openapi.json").json()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


def filled(call: str, names: dict[str, str]) -> tuple[str, str]:
    method, path = call.split()
    return method, re.sub(r"{(\w+)}", lambda found: names.get(found[1], "unknown"), path)


def test_every_call_is_listed_with_who_may_use_it(calls: list[str]) -> None:
    assert sorted(calls) == sorted(WHO)


#: On every answer of every route, whoever asks.
GUARDS = {
    "content-security-policy": "default-src 'self'; script-src 'self'; style-src 'self'",
    "permissions-policy": "camera=(self), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
SIGNING_OUT = "DELETE /api/session"  # for nobody only: the visitors are needed later


@pytest.mark.parametrize(
    ("call", "role"), [(call, role) for call in WHO for role in sorted(ANYONE) if call != SIGNING_OUT or role == "nobody"]
)
def test_a_role_passes_or_is_turned_away_in_words(visitors: dict[str, Api], call: str, role: str) -> None:
    """Things named are unknown ones, so that what passes the role changes nothing."""
    method, path = filled(call, {})
    answer = ask(visitors[role], method, path)
    assert answer.status_code < 500, answer.text
    for header, begin in GUARDS.items():
        assert answer.headers[header].startswith(begin), header
    if answer.status_code < 400:
        assert role in WHO[call]
        return
    error = refusal(answer, "en")
    turned_away = {"NotSignedIn": "nobody", "RoleNotAllowed": role}
    if role in WHO[call]:
        assert error["code"] not in turned_away, error
    else:
        expected = (401, "NotSignedIn") if role == "nobody" else (403, "RoleNotAllowed")
        assert (answer.status_code, error["code"]) == expected


CHANGING = [(call, role) for call, who in WHO.items() for role in sorted(who) if not call.startswith("GET") and who != ANYONE]


@pytest.mark.parametrize(("call", "role"), CHANGING)
def test_without_the_sessions_own_token_nothing_is_changed(visitors: dict[str, Api], call: str, role: str) -> None:
    method, path = filled(call, {})
    for token in ("", "0" * 43):
        answer = ask(visitors[role], method, path, headers={"X-CSRF-Token": token})
        assert (answer.status_code, refusal(answer, "en")["code"]) == (403, "CsrfTokenWrong")


def names_of(vote: OpenVote) -> dict[str, str]:
    official = vote.story.officials[0].api
    acts = ask(official, "GET", f"/api/acts?case_id={vote.story.case['id']}").json()
    register = ask(official, "GET", f"/api/cases/{vote.story.case['id']}/register").json()
    return {
        "case_id": vote.story.case["id"],
        "act_id": acts[0]["id"],
        "plan_id": vote.poll["plan"]["id"],
        "poll_id": vote.poll["id"],
        "import_id": register["import"]["id"],
        "name": "poll.json",
        "mailing_id": first_mailing(vote),
    }


def first_mailing(vote: OpenVote) -> str:
    """The notice that the vote is announced; it is made within seconds."""
    deadline = time.monotonic() + 60
    while not (found := ask(Api(vote.url), "GET", f"/api/polls/{vote.poll['id']}/notices").json()):
        assert time.monotonic() < deadline
        time.sleep(0.5)  # a round of the service tells nobody
    return str(found[0]["id"])


OWN = [
    call for call, who in WHO.items()
    if who & MEMBER and who != ANYONE and "{" in call and "{request_id}" not in call and "{complaint_id}" not in call
    and (call.startswith("GET")
         or call.endswith(("/retry", "/withdrawal", "/freeze", "/admission", "/tally", "/openings-file", "/completion")))
]  # fmt: skip


@pytest.mark.parametrize("role", ["official elsewhere", "institution elsewhere"])
@pytest.mark.parametrize("call", OWN)
def test_the_same_role_in_another_case_is_turned_away(vote: OpenVote, visitors: dict[str, Api], call: str, role: str) -> None:
    method, path = filled(call, names_of(vote))
    answer = ask(visitors[role], method, path)
    assert answer.status_code == 403, answer.text
    refusal(answer, "en")


LOOKING = [
    (call, role) for call, who in WHO.items() for role in sorted(who - {"nobody"})
    if call.startswith("GET")
    and not any(name in call for name in ("{request_id}", "{number}", "{complaint_id}", "{ceremony_id}", "identity-file", "{content_hash}",
                                     "{register_number}"))
]  # fmt: skip


@pytest.mark.parametrize(("call", "role"), LOOKING)
def test_who_may_look_sees_it(vote: OpenVote, visitors: dict[str, Api], call: str, role: str) -> None:
    method, path = filled(call, names_of(vote))
    asked = {"GET /api/acts": {"case_id": vote.story.case["id"]}, "GET /api/plans/{plan_id}/changes": {"since": names_of(vote)["plan_id"]}}
    options: dict[str, Any] = {"params": asked[call]} if call in asked else {}
    answer = ask(visitors[role], method, path, **options)
    assert answer.status_code in {200, 409}, answer.text


def test_an_admin_sees_no_claim_of_a_lender(visitors: dict[str, Api], vote: OpenVote) -> None:
    for role in ("admin", "official", "institution"):
        assert ask(visitors[role], "GET", f"/api/polls/{vote.poll['id']}/lender/claim").status_code == 403
