"""People renew what they sign in by: by the present password and code, and nobody else's session survives it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pyotp
import pytest
import segno
from fastapi.testclient import TestClient

from backend.people.accounts import rules
from backend.people.accounts.visitor import NewAccount
from tests.backend.people.accounts.conftest import PASSWORD, Office

MakeAccount = Callable[..., NewAccount]
NEW = "staple battery horse"


def signed_in(office: Office, account: NewAccount, password: str = PASSWORD, secret: str = "") -> TestClient:
    """A browser with a session of the account; the clock goes on, so that the next code is another one."""
    browser = office.browser()
    code = pyotp.TOTP(secret or account.totp_secret).at(office.clock.now())
    answer = browser.post("/api/session", json={"name": account.name, "password": password, "code": code})
    assert answer.status_code == 200, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    office.clock.move(seconds=30)
    return browser


def handed_over(office: Office, name: str = "li") -> NewAccount:
    return office.accounts.create_account(name, "official", PASSWORD, handed_over=True)


def outcome(answer: httpx2.Response) -> tuple[int, str]:
    error = answer.json().get("error", {})
    assert not error or (error["message_zh"] and error["message_en"])
    return answer.status_code, error.get("code", "")


def change_password(office: Office, browser: TestClient, account: NewAccount, **other: str) -> httpx2.Response:
    answer: httpx2.Response = browser.post(
        "/api/session/password", json={"password": PASSWORD, "code": office.code(account), "new_password": NEW} | other
    )
    return answer


def offer(office: Office, browser: TestClient, account: NewAccount, **other: str) -> httpx2.Response:
    answer: httpx2.Response = browser.post("/api/session/second-factor", json={"password": PASSWORD, "code": office.code(account)} | other)
    return answer


def show_code(office: Office, browser: TestClient, secret: str) -> httpx2.Response:
    answer: httpx2.Response = browser.post(
        "/api/session/second-factor/confirmation", json={"code": pyotp.TOTP(secret).at(office.clock.now())}
    )
    return answer


def is_here(browser: TestClient) -> bool:
    return browser.get("/api/session").json()["role"] is not None


def test_a_changed_password_takes_the_place_of_the_old_one_and_ends_the_other_sessions(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    elsewhere, browser = signed_in(office, account), signed_in(office, account)
    assert outcome(change_password(office, browser, account)) == (200, "")
    assert (is_here(browser), is_here(elsewhere)) == (True, False)
    office.clock.move(seconds=30)
    assert outcome(office.browser().post("/api/session", json=office.credentials(account))) == (401, "SignInRefused")
    signed_in(office, account, NEW)


def test_a_renewed_second_factor_counts_once_a_code_by_it_was_shown(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    elsewhere, browser = signed_in(office, account), signed_in(office, account)
    given = offer(office, browser, account).json()
    assert given["totp_secret"] in given["provisioning_uri"]
    office.clock.move(seconds=30)
    still = signed_in(office, account)
    assert outcome(show_code(office, browser, account.totp_secret)) == (422, "NewCodeWrong")
    assert outcome(show_code(office, browser, given["totp_secret"])) == (200, "")
    assert [is_here(each) for each in (browser, elsewhere, still)] == [True, False, False]
    assert outcome(office.browser().post("/api/session", json=office.credentials(account))) == (401, "SignInRefused")
    used = {"name": account.name, "password": PASSWORD, "code": pyotp.TOTP(given["totp_secret"]).at(office.clock.now())}
    assert outcome(office.browser().post("/api/session", json=used)) == (401, "CodeUsedAlready")
    office.clock.move(seconds=30)
    signed_in(office, account, secret=given["totp_secret"])
    assert outcome(show_code(office, browser, given["totp_secret"])) == (409, "SecondFactorNotOffered")


def test_an_offer_belongs_to_its_session(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    elsewhere, browser = signed_in(office, account), signed_in(office, account)
    given = offer(office, browser, account).json()
    assert outcome(show_code(office, elsewhere, given["totp_secret"])) == (409, "SecondFactorNotOffered")
    office.clock.move(seconds=30)
    newer = offer(office, browser, account).json()
    assert outcome(show_code(office, browser, given["totp_secret"])) == (422, "NewCodeWrong")
    assert outcome(show_code(office, browser, newer["totp_secret"])) == (200, "")


@pytest.mark.parametrize("act", [change_password, offer])
def test_a_stolen_session_renews_nothing_and_guesses_no_password(office: Office, make_account: MakeAccount, act: Any) -> None:
    account = make_account()
    browser = signed_in(office, account)
    assert outcome(act(office, browser, account, password="another password")) == (403, "OwnProofRefused")
    assert outcome(act(office, browser, account, code="000000")) == (403, "OwnProofRefused")
    assert is_here(browser), "a wrong letter ends no session"
    for _ in range(rules.ATTEMPTS_PER_NAME - 2):
        assert outcome(act(office, browser, account, password="another password")) == (403, "OwnProofRefused")
    assert outcome(act(office, browser, account)) == (429, "SignInThrottled")


def test_a_code_that_signed_in_renews_nothing(office: Office, make_account: MakeAccount) -> None:
    account, browser = make_account(), office.browser()
    browser.headers["X-CSRF-Token"] = browser.post("/api/session", json=office.credentials(account)).json()["csrf_token"]
    assert outcome(change_password(office, browser, account)) == (403, "OwnCodeUsed")
    assert outcome(offer(office, browser, account)) == (403, "OwnCodeUsed")


@pytest.mark.parametrize(
    ("password", "status", "code"),
    [("elevenchars", 422, "PasswordTooShort"), (PASSWORD, 422, "PasswordUnchanged")],
)
def test_a_new_password_that_is_none_uses_no_code_up(
    office: Office, make_account: MakeAccount, password: str, status: int, code: str
) -> None:
    account = make_account()
    browser = signed_in(office, account)
    assert outcome(change_password(office, browser, account, new_password=password)) == (status, code)
    assert outcome(change_password(office, browser, account)) == (200, "")


def test_without_session_or_its_token_nothing_is_renewed(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    assert outcome(change_password(office, office.browser(), account)) == (401, "NotSignedIn")
    browser = signed_in(office, account)
    del browser.headers["X-CSRF-Token"]
    assert outcome(change_password(office, browser, account)) == (403, "CsrfTokenWrong")
    assert outcome(show_code(office, browser, account.totp_secret)) == (403, "CsrfTokenWrong")


def test_whoever_got_an_account_from_somebody_renews_both_before_anything_else(office: Office) -> None:
    account = handed_over(office)
    browser = signed_in(office, account)
    assert browser.get("/api/session").json()["renewal_due"] == ["password", "second_factor"]
    assert outcome(browser.post("/api/official-only")) == (403, "RenewalDue")
    given = offer(office, browser, account).json()
    assert show_code(office, browser, given["totp_secret"]).json()["renewal_due"] == ["password"]
    assert outcome(browser.post("/api/official-only")) == (403, "RenewalDue")
    office.clock.move(seconds=30)
    code = pyotp.TOTP(given["totp_secret"]).at(office.clock.now())
    assert change_password(office, browser, account, code=code).json()["renewal_due"] == []
    assert outcome(browser.post("/api/official-only")) == (200, "")
    office.clock.move(seconds=30)
    assert outcome(office.browser().post("/api/session", json=office.credentials(account))) == (401, "SignInRefused")


def test_whose_renewal_is_due_may_sign_out(office: Office) -> None:
    browser = signed_in(office, handed_over(office))
    assert outcome(browser.delete("/api/session")) == (200, "")
    assert not is_here(browser)


def test_two_changes_by_one_code_at_the_same_moment_change_once(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    browser = signed_in(office, account)
    passwords = [f"{NEW} {number}" for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda new: change_password(office, browser, account, new_password=new).status_code, passwords))
    assert sorted(answers) == [200, 403, 403]


def test_the_picture_is_of_the_very_address_and_the_secret_is_kept_by_no_cache(office: Office, make_account: MakeAccount) -> None:
    account = make_account()
    answer = offer(office, signed_in(office, account), account)
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    assert given["provisioning_picture"] == segno.make(given["provisioning_uri"], error="m").svg_data_uri(scale=4, border=4, light="#fff")
