"""Signing in, staying and leaving, as a browser sees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pyotp
import pytest

from backend.ground.audit.service import AuditService
from backend.people.accounts.visitor import NewAccount
from tests.backend.people.accounts.conftest import PASSWORD, Office
from tests.databases import stored_in

MakeAccount = Callable[..., NewAccount]


def code_of(response: httpx2.Response) -> str:
    return str(response.json()["error"]["code"])


def test_password_and_code_open_a_session(office: Office, make_account: MakeAccount) -> None:
    account, browser = make_account(), office.browser()
    assert browser.get("/api/session").json()["role"] is None
    answer = browser.post("/api/session", json=office.credentials(account))
    assert answer.status_code == 200
    here = browser.get("/api/session").json()
    assert (here["role"], here["name"], here["lender"]) == ("official", "zhang", None)
    assert here["csrf_token"] == answer.json()["csrf_token"]
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "wrong", [{"name": "li"}, {"password": "wrong horse battery"}, {"code": "000000"}, {"code": ""}, {"code": "１２３４５６"}]
)
def test_whatever_is_wrong_the_answer_is_the_same(office: Office, make_account: MakeAccount, wrong: dict[str, str]) -> None:
    account = make_account()
    answer = office.browser().post("/api/session", json=office.credentials(account) | wrong)
    assert (answer.status_code, code_of(answer)) == (401, "SignInRefused")
    assert "set-cookie" not in answer.headers


def test_a_code_opens_one_session_only(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    body = office.credentials(account)
    assert office.browser().post("/api/session", json=body).status_code == 200
    again = office.browser().post("/api/session", json=body)
    assert code_of(again) == "CodeUsedAlready"
    office.clock.move(seconds=30)
    assert office.browser().post("/api/session", json=office.credentials(account)).status_code == 200


def test_an_older_code_is_refused_after_a_newer_one(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    older = office.credentials(account)
    newer = older | {"code": pyotp.TOTP(account.totp_secret).at(office.clock.now(), counter_offset=1)}
    assert office.browser().post("/api/session", json=newer).status_code == 200
    assert code_of(office.browser().post("/api/session", json=older)) == "CodeUsedAlready"


def test_one_code_at_the_same_moment_opens_one_session(office: Office, make_account: MakeAccount) -> None:
    body = office.credentials(make_account())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: office.browser().post("/api/session", json=body).status_code, range(4)))
    assert sorted(answers) == [200, 401, 401, 401]


def test_guessing_is_slowed_for_a_name_even_with_the_right_password_at_last(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    for attempt in range(10):
        client = (f"10.0.0.{attempt}", 1)
        answer = office.browser(client=client).post("/api/session", json=office.credentials(account) | {"password": "guess" * 3})
        assert answer.status_code == 401
    answer = office.browser(client=("10.0.1.1", 1)).post("/api/session", json=office.credentials(account))
    assert (answer.status_code, code_of(answer)) == (429, "SignInThrottled")
    assert 0 < int(answer.headers["retry-after"]) <= 901
    office.clock.move(minutes=16)
    assert office.browser(client=("10.0.1.1", 1)).post("/api/session", json=office.credentials(account)).status_code == 200


def test_guessing_names_is_slowed_for_an_address_but_not_for_others(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    guess = {"password": "x", "code": "1"}
    codes = [office.browser().post("/api/session", json={"name": f"n{n}", **guess}).status_code for n in range(41)]
    assert codes == [401] * 40 + [429]
    assert office.browser(client=("10.9.9.9", 1)).post("/api/session", json=office.credentials(account)).status_code == 200


def test_unsafe_requests_need_the_sessions_own_token(office: Office, make_account: MakeAccount) -> None:
    browser = office.browser()
    token = browser.post("/api/session", json=office.credentials(make_account())).json()["csrf_token"]
    assert code_of(browser.post("/api/official-only")) == "CsrfTokenWrong"
    assert code_of(browser.post("/api/official-only", headers={"X-CSRF-Token": "0" * 64})) == "CsrfTokenWrong"
    assert browser.post("/api/official-only", headers={"X-CSRF-Token": token}).json() == {"name": "zhang"}
    other = office.browser()
    other_token = other.post("/api/session", json=office.credentials(make_account("wang"))).json()["csrf_token"]
    assert code_of(browser.post("/api/official-only", headers={"X-CSRF-Token": other_token})) == "CsrfTokenWrong"


def test_an_act_that_cannot_be_written_down_is_not_done(office: Office, make_account: MakeAccount) -> None:
    """An app that was put together without the log of official acts is a defect, not a way around the log."""
    browser = office.browser()
    token = browser.post("/api/session", json=office.credentials(make_account())).json()["csrf_token"]
    del office.app.state.services[AuditService]
    answer = browser.post("/api/official-only", headers={"X-CSRF-Token": token})
    assert (answer.status_code, code_of(answer)) == (500, "Unexpected")


def test_another_role_is_told_which_role_is_needed(office: Office, make_account: MakeAccount) -> None:
    browser = office.browser()
    token = browser.post("/api/session", json=office.credentials(make_account("bank", "institution"))).json()["csrf_token"]
    answer = browser.post("/api/official-only", headers={"X-CSRF-Token": token})
    assert (answer.status_code, code_of(answer)) == (403, "RoleNotAllowed")
    assert code_of(office.browser().post("/api/official-only")) == "NotSignedIn"


def test_signing_in_ends_the_former_session(office: Office, make_account: MakeAccount) -> None:
    account, browser = make_account(), office.browser()
    browser.post("/api/session", json=office.credentials(account))
    former = browser.cookies["lendervote_session"]
    office.clock.move(seconds=30)
    browser.post("/api/session", json=office.credentials(account))
    assert browser.cookies["lendervote_session"] != former
    stale = office.browser(cookies={"lendervote_session": former})
    assert stale.get("/api/session").json()["role"] is None


def test_signing_out_ends_the_session_on_the_server(office: Office, make_account: MakeAccount) -> None:
    browser = office.browser()
    token = browser.post("/api/session", json=office.credentials(make_account())).json()["csrf_token"]
    kept = browser.cookies["lendervote_session"]
    assert code_of(browser.delete("/api/session")) == "CsrfTokenWrong"
    assert browser.delete("/api/session", headers={"X-CSRF-Token": token}).status_code == 200
    assert office.browser(cookies={"lendervote_session": kept}).get("/api/session").json()["role"] is None


def test_a_session_ends_by_itself(office: Office, make_account: MakeAccount) -> None:
    browser = office.browser()
    browser.post("/api/session", json=office.credentials(make_account()))
    office.clock.move(hours=8)
    assert browser.get("/api/session").json()["role"] is None


def test_a_lender_has_a_session_of_one_poll(office: Office) -> None:
    opened = office.accounts.open_lender_session("case", "poll", 7, "张*")
    browser = office.browser(cookies={"lendervote_session": opened.token})
    here = browser.get("/api/session").json()
    assert here["lender"] == {"poll_id": "poll", "index": 7, "name_masked": "张*"}
    assert here["csrf_token"] == opened.csrf_token
    assert code_of(browser.post("/api/official-only", headers={"X-CSRF-Token": opened.csrf_token})) == "RoleNotAllowed"
    visitor = office.accounts.visitor_of(opened.token)
    assert (visitor.account_id, visitor.case_id, visitor.lender_index) == (None, "case", 7)


def test_behind_https_the_cookie_is_bound_to_the_host(secure_office: Office) -> None:
    account = secure_office.accounts.create_account("zhang", "official", PASSWORD)
    browser = secure_office.browser(base_url="https://testserver")
    cookie = browser.post("/api/session", json=secure_office.credentials(account)).headers["set-cookie"]
    assert cookie.startswith("__Host-lendervote_session=")
    for attribute in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert attribute in cookie
    assert browser.get("/api/session").json()["role"] == "official"


def test_the_database_holds_no_secret_in_the_clear(office: Office, make_account: MakeAccount, tmp_path: Path) -> None:
    account, browser = make_account(), office.browser()
    token = browser.post("/api/session", json=office.credentials(account)).json()["csrf_token"]
    stored = stored_in(tmp_path / "accounts.sqlite3")
    for secret in (PASSWORD, account.totp_secret, token, browser.cookies["lendervote_session"]):
        assert secret.encode() not in stored


@pytest.mark.parametrize(
    "body", [{}, {"name": 1}, {"name": "a" * 65, "password": "b", "code": "c"}, [], {"name": "a", "password": "b", "code": "c", "x": 1}]
)
def test_a_body_of_another_shape_is_refused_in_words(office: Office, body: object) -> None:
    answer = office.browser().post("/api/session", json=body)
    assert (answer.status_code, code_of(answer)) == (422, "FieldsNotReadable")


@pytest.mark.parametrize("hours", [1, 24])
def test_a_clock_set_back_makes_nobody_wait_longer_than_the_window(office: Office, make_account: MakeAccount, hours: int) -> None:
    account = make_account()
    for attempt in range(11):
        browser = office.browser(client=(f"10.0.0.{attempt}", 1))
        browser.post("/api/session", json=office.credentials(account) | {"password": "guess" * 3})
    office.clock.step(hours=-hours)
    answer = office.browser(client=("10.0.1.1", 1)).post("/api/session", json=office.credentials(account))
    assert (answer.status_code, code_of(answer)) == (429, "SignInThrottled")
    assert 0 < int(answer.headers["retry-after"]) <= 901
    office.clock.move(minutes=16)
    assert office.browser(client=("10.0.1.1", 1)).post("/api/session", json=office.credentials(account)).status_code == 200


def test_a_session_opened_by_a_clock_ahead_lasts_no_longer_than_its_span_once_that_is_right(
    office: Office, make_account: MakeAccount
) -> None:
    office.clock.step(hours=5)
    browser = office.browser()
    browser.post("/api/session", json=office.credentials(make_account()))
    office.clock.step(hours=-5)
    assert browser.get("/api/session").json()["role"] == "official"
    office.clock.move(hours=7, minutes=59)
    assert browser.get("/api/session").json()["role"] == "official"
    office.clock.move(minutes=1)
    assert browser.get("/api/session").json()["role"] is None


def test_a_code_used_while_the_clock_was_ahead_shuts_nobody_out_afterwards(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    office.clock.step(hours=1)
    assert office.browser().post("/api/session", json=office.credentials(account)).status_code == 200
    office.clock.step(hours=-1)
    body = office.credentials(account)
    assert office.browser().post("/api/session", json=body).status_code == 200
    assert code_of(office.browser().post("/api/session", json=body)) == "CodeUsedAlready"
