"""Accounts changed by two people: one proposes, another carries it out, and nothing happens by one alone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from sqlalchemy import text

from tests.backend.people.passkeys.test_passkeys import Device
from tests.backend.town import PASSWORD, Person, Refused, Town

REASON = "手机丢失，本人到场申请"
KINDS = ("disable", "password", "second_factor")


def propose(admin: Person, subject: Person, kind: str, reason: str = REASON) -> dict[str, Any]:
    change: dict[str, Any] = admin.post(f"/api/accounts/{subject.account_id}/changes", {"kind": kind, "reason": reason})
    return change


def confirm(second: Person, change: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = second.post(f"/api/account-changes/{change['id']}/confirmation")
    return done


def is_here(person: Person) -> bool:
    return bool(person.get("/api/session")["role"])


def sign_in_status(town: Town, name: str, password: str, secret: str) -> tuple[int, str]:
    # The next step's code: the present one may have been used.
    code = pyotp.TOTP(secret).at(int(time.time()) + 30)
    answer = town.browser().post("/api/session", json={"name": name, "password": password, "code": code})
    return answer.status_code, answer.json().get("error", {}).get("code", "")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_happens_until_a_second_person_confirms_and_then_sessions_end_at_once(town: Town, kind: str) -> None:
    admin, second, subject = town.person("admin"), town.person("admin"), town.person("official")
    change = propose(admin, subject, kind)
    assert (change["status"], change["proposed_by"], change["ended_by"]) == ("open", admin.name, None)
    assert is_here(subject)
    with pytest.raises(Refused, match="SecondPersonNeeded"):
        confirm(admin, change)
    assert is_here(subject)
    done = confirm(second, change)
    assert (done["change"]["status"], done["change"]["ended_by"]) == ("done", second.name)
    assert not is_here(subject)
    with pytest.raises(Refused, match="ChangeOver"):
        confirm(second, change)


def test_a_new_password_takes_the_place_of_the_old_one(town: Town) -> None:
    admin, second = town.person("admin"), town.person("admin")
    made = admin.post("/api/accounts", {"name": "DEMO 换密码的人", "role": "official"})
    subject = Person(made["name"], made["id"], admin.key, town.browser())
    given = confirm(second, propose(admin, subject, "password"))["secrets"]
    assert given["totp_secret"] == given["provisioning_uri"] == ""
    assert len(given["password"]) >= 16
    assert sign_in_status(town, made["name"], made["password"], made["totp_secret"]) == (401, "SignInRefused")
    assert sign_in_status(town, made["name"], given["password"], made["totp_secret"])[0] == 200


def test_a_new_second_factor_takes_the_place_of_the_old_one(town: Town) -> None:
    admin, second = town.person("admin"), town.person("admin")
    made = admin.post("/api/accounts", {"name": "DEMO 换手机的人", "role": "institution"})
    subject = Person(made["name"], made["id"], admin.key, town.browser())
    given = confirm(second, propose(admin, subject, "second_factor"))["secrets"]
    assert given["password"] == ""
    assert given["totp_secret"] in given["provisioning_uri"]
    assert sign_in_status(town, made["name"], made["password"], made["totp_secret"]) == (401, "SignInRefused")
    assert sign_in_status(town, made["name"], made["password"], given["totp_secret"])[0] == 200


def test_a_disabled_account_is_told_so_only_when_all_is_typed_right_and_may_come_back(town: Town) -> None:
    admin, second = town.person("admin"), town.person("admin")
    made = admin.post("/api/accounts", {"name": "DEMO 停用的人", "role": "official"})
    subject = Person(made["name"], made["id"], admin.key, town.browser())
    confirm(second, propose(admin, subject, "disable"))
    assert sign_in_status(town, made["name"], "another password", made["totp_secret"]) == (401, "SignInRefused")
    assert sign_in_status(town, made["name"], made["password"], made["totp_secret"]) == (401, "AccountDisabled")
    assert {a["name"]: a["disabled"] for a in admin.get("/api/accounts")}[made["name"]]
    with pytest.raises(Refused, match="AlreadySo"):
        propose(admin, subject, "disable")
    confirm(second, propose(admin, subject, "enable"))
    assert sign_in_status(town, made["name"], made["password"], made["totp_secret"])[0] == 200


def test_a_disabled_account_takes_no_place_in_a_case(town: Town) -> None:
    admin, second = town.person("admin"), town.person("admin")
    officials, institution = [town.person("official") for _ in range(2)], town.person("institution")
    confirm(second, propose(admin, officials[1], "disable"))
    with pytest.raises(Refused, match="AccountOutOfUse"):
        admin.post("/api/cases", town.case_body(officials, institution))


def test_an_official_of_the_same_case_is_a_second_person_and_no_other(town: Town) -> None:
    people, strangers = town.open_case(), town.open_case()
    admin = town.person("admin")
    subject, colleague, stranger = people.officials[0], people.officials[1], strangers.officials[0]
    change = propose(admin, subject, "password")
    assert [each["id"] for each in colleague.get("/api/account-changes")] == [change["id"]]
    assert stranger.get("/api/account-changes") == subject.get("/api/account-changes") == []
    with pytest.raises(Refused, match="NotSecondPerson"):
        confirm(stranger, change)
    with pytest.raises(Refused, match="OwnAccount"):
        confirm(subject, change)
    with pytest.raises(Refused, match="RoleNotAllowed"):
        confirm(people.institution, change)
    assert confirm(colleague, change)["secrets"]["password"]


def test_a_case_opened_afterwards_makes_nobody_a_second_person(town: Town) -> None:
    """One administrator could open a case with the subject and an account of their own in it."""
    people, admin = town.open_case(), town.person("admin")
    subject, accomplice = people.officials[0], town.person("official")
    admin.post("/api/cases", town.case_body([subject, accomplice], town.person("institution")))
    with pytest.raises(Refused, match="NotSecondPerson"):
        confirm(accomplice, propose(admin, subject, "second_factor"))


@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_case_opened_before_makes_nobody_a_second_person_in_one_that_counts(town: Town, *, rehearsal: bool) -> None:
    """Nor could one administrator open it first: who sits in all cases of an official that count is asked, and in all rehearsals else."""
    subject, accomplice, admin = town.person("official"), town.person("official"), town.person("admin")
    admin.post("/api/cases", town.case_body([subject, accomplice], town.person("institution"), rehearsal=rehearsal))
    if rehearsal:
        assert confirm(accomplice, propose(admin, subject, "second_factor"))["secrets"]["totp_secret"]
    colleague = town.person("official")
    admin.post("/api/cases", town.case_body([subject, colleague], town.person("institution"), rehearsal=False))
    change = propose(admin, subject, "password")
    with pytest.raises(Refused, match="NotSecondPerson"):
        confirm(accomplice, change)
    if rehearsal:
        assert confirm(colleague, change)["secrets"]["password"]
    else:
        with pytest.raises(Refused, match="NotSecondPerson"):
            confirm(colleague, change)
        assert confirm(town.person("admin"), change)["secrets"]["password"]


def test_an_administrator_makes_no_administrator_and_changes_no_own_account(town: Town) -> None:
    admin = town.person("admin")
    with pytest.raises(Refused, match="AdministratorsMadeOnServer"):
        admin.post("/api/accounts", {"name": "DEMO second self", "role": "admin"})
    with pytest.raises(Refused, match="OwnAccount"):
        propose(admin, admin, "password")


def test_what_a_disabled_administrator_proposed_counts_no_more(town: Town) -> None:
    admin, second, third, subject = *(town.person("admin") for _ in range(3)), town.person("official")
    change = propose(admin, subject, "password")
    confirm(third, propose(second, admin, "disable"))
    with pytest.raises(Refused, match="ProposerGone"):
        confirm(second, change)
    assert is_here(subject)


def test_a_passkey_is_forgotten_before_a_case_binds_it_and_never_afterwards(town: Town) -> None:
    admin, second = town.person("admin"), town.person("admin")
    officials, institution = [town.person("official") for _ in range(2)], town.person("institution")
    with pytest.raises(Refused, match="NoPasskeyThere"):
        propose(admin, officials[0], "passkey")
    Device().register(officials[0])
    confirm(second, propose(admin, officials[0], "passkey"))
    assert not town.passkeys.has_passkey(officials[0].account_id)
    device, fresh = Device(), town.person("official")
    device.register(fresh)
    waiting = propose(admin, fresh, "passkey")
    body = town.case_body([fresh, officials[1]], institution)
    del body["officials"][0]["signer"]
    admin.post("/api/cases", body)
    with pytest.raises(Refused, match="SignerFixed"):
        confirm(second, waiting)
    with pytest.raises(Refused, match="SignerFixed"):
        propose(admin, fresh, "passkey")
    assert town.passkeys.has_passkey(fresh.account_id)


def test_the_same_change_waits_once_and_may_be_withdrawn(town: Town) -> None:
    admin, second, subject = town.person("admin"), town.person("admin"), town.person("official")
    change = propose(admin, subject, "disable")
    with pytest.raises(Refused, match="ChangeWaits"):
        propose(second, subject, "disable")
    assert admin.post(f"/api/account-changes/{change['id']}/withdrawal")["status"] == "withdrawn"
    with pytest.raises(Refused, match="ChangeOver"):
        confirm(second, change)
    assert propose(second, subject, "disable")["status"] == "open"


def test_two_confirmations_at_the_same_moment_carry_it_out_once(town: Town) -> None:
    admin, subject = town.person("admin"), town.person("official")
    seconds = [town.person("admin") for _ in range(3)]
    change = propose(admin, subject, "password")
    path = f"/api/account-changes/{change['id']}/confirmation"
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda person: person.browser.post(path).status_code, seconds))
    assert sorted(answers) == [200, 409, 409]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "erase", "reason": REASON}, "ChangeKindUnknown"),
        ({"kind": "disable", "reason": "—— !!"}, "ChangeReasonMissing"),
        ({"kind": "disable", "reason": ""}, "ChangeReasonMissing"),
    ],
)
def test_what_cannot_be_proposed_is_told_in_words(town: Town, body: dict[str, str], code: str) -> None:
    admin, subject = town.person("admin"), town.person("official")
    with pytest.raises(Refused, match=code):
        admin.post(f"/api/accounts/{subject.account_id}/changes", body)


def test_both_people_stand_in_the_log_of_official_acts(town: Town) -> None:
    admin, second, subject = town.person("admin"), town.person("admin"), town.person("official")
    change = propose(admin, subject, "password")
    given = confirm(second, change)["secrets"]
    with town.sessions.reading() as session:
        entries = [row[0] for row in session.execute(text("SELECT entry FROM audit_log ORDER BY number"))]
    about = [entry for entry in entries if f"change {change['id']}" in entry]
    assert [(admin.account_id in about[0], "proposes password" in about[0])] == [(True, True)]
    assert [(second.account_id in about[1], "carries out password" in about[1])] == [(True, True)]
    assert given["password"] not in "".join(entries)


def test_who_is_ready_to_sign_is_seen_before_a_case_opens(town: Town) -> None:
    admin, ready, waiting = town.person("admin"), town.person("official"), town.person("official")
    signer = Device().register(ready)["signer"]
    seen = {account["id"]: account for account in admin.get("/api/accounts")}
    assert (seen[ready.account_id]["signing"], seen[ready.account_id]["signer"]) == ("passkey", signer)
    assert (seen[ready.account_id]["case_id"], len(signer)) == (None, 2 + 2 * 84)
    assert (seen[waiting.account_id]["signing"], seen[waiting.account_id]["signer"]) == ("", None)
    bound = town.open_case().officials[0]
    seen = {account["id"]: account for account in admin.get("/api/accounts")}
    assert (seen[bound.account_id]["signing"], seen[bound.account_id]["signer"]) == ("key_file", bound.signer)


def test_secrets_are_shown_once_and_kept_by_no_cache(town: Town) -> None:
    admin = town.person("admin")
    answer = admin.browser.post("/api/accounts", json={"name": "DEMO 新账户", "role": "official"})
    assert answer.status_code == 201
    assert "no-store" in answer.headers["cache-control"]
    made = answer.json()
    assert sign_in_status(town, made["name"], made["password"], made["totp_secret"])[0] == 200
    assert made["password"] not in admin.browser.get("/api/accounts").text
    assert PASSWORD not in answer.text


def test_who_made_or_reset_an_account_does_not_know_it_afterwards(town: Town) -> None:
    admin, second = town.person("admin"), town.person("admin")
    made = admin.post("/api/accounts", {"name": "DEMO 初次登录的人", "role": "official"})

    def due() -> Any:
        return {a["id"]: a["renewal_due"] for a in admin.get("/api/accounts")}[made["id"]]

    assert due() == ["password", "second_factor"]
    assert made["provisioning_picture"].startswith("data:image/svg+xml")
    browser = town.browser()
    body = {"name": made["name"], "password": made["password"], "code": pyotp.TOTP(made["totp_secret"]).now()}
    browser.headers["X-CSRF-Token"] = browser.post("/api/session", json=body).json()["csrf_token"]
    subject = Person(made["name"], made["id"], admin.key, browser)
    for path in ("/api/cases", "/api/session/passkey", "/api/account-changes"):
        with pytest.raises(Refused, match="RenewalDue"):
            subject.get(path)
    with town.sessions.begin() as session:
        renewed = text("UPDATE accounts SET password_given_at = NULL, second_factor_given_at = NULL WHERE id = :id")
        session.execute(renewed, {"id": made["id"]})
    assert due() == []
    assert subject.get("/api/cases") == []
    confirm(second, propose(admin, subject, "second_factor"))
    assert due() == ["second_factor"]
    confirm(second, propose(admin, subject, "password"))
    assert due() == ["password", "second_factor"]


def test_ones_own_renewals_stand_in_the_log_of_official_acts(town: Town) -> None:
    made = town.accounts.create_account("DEMO 自己更换的人", "official", PASSWORD)
    browser = town.browser()

    def code(secret: str, steps: int) -> str:
        return str(pyotp.TOTP(secret).at(int(time.time()) + 30 * steps))

    body = {"name": made.name, "password": PASSWORD, "code": code(made.totp_secret, 0)}
    browser.headers["X-CSRF-Token"] = browser.post("/api/session", json=body).json()["csrf_token"]
    person = Person(made.name, made.id, town.person("admin").key, browser)
    person.post("/api/session/password", {"password": PASSWORD, "code": code(made.totp_secret, 1), "new_password": "staple battery horse"})
    with pytest.raises(Refused, match="OwnCodeUsed"):
        person.post("/api/session/second-factor", {"password": "staple battery horse", "code": code(made.totp_secret, 1)})
    with town.sessions.reading() as session:
        entries = [row[0] for row in session.execute(text("SELECT entry FROM audit_log ORDER BY number"))]
    assert [made.id in entry for entry in entries if "changes their own password" in entry] == [True]
    assert "staple battery horse" not in "".join(entries)
