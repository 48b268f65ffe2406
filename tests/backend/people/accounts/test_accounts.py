"""Making accounts and binding them to cases and keys."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from typer.testing import CliRunner

from backend.ground.common.errors import LenderVoteError
from backend.people.accounts.errors import (
    AccountBoundElsewhere,
    AccountHasOtherRole,
    AccountNameNotUsable,
    AccountNameTaken,
    AccountNotFound,
    PasswordTooShort,
    RoleUnknown,
)
from backend.people.accounts.visitor import NewAccount
from backend.people.administration.rules import signing_with
from backend.people.administration.service import AccountState
from scripts.cli.__main__ import main
from scripts.cli.accounts import _line, app
from tests.backend.people.accounts.conftest import PASSWORD, Office

SIGNER, OTHER = b"\x01" * 20, b"\x02" * 20


@pytest.mark.parametrize(
    ("name", "role", "password", "error"),
    [
        ("", "official", PASSWORD, AccountNameNotUsable),
        (" zhang", "official", PASSWORD, AccountNameNotUsable),
        ("zh\u200bang", "official", PASSWORD, AccountNameNotUsable),
        ("z" * 65, "official", PASSWORD, AccountNameNotUsable),
        ("zhang", "lender", PASSWORD, RoleUnknown),
        ("zhang", "official", "elevenchars", PasswordTooShort),
        ("zhang", "official", "x" * 129, PasswordTooShort),
    ],
)
def test_what_an_account_must_not_be(office: Office, name: str, role: str, password: str, error: type[LenderVoteError]) -> None:
    with pytest.raises(error):
        office.accounts.create_account(name, role, password)
    assert office.accounts.list_accounts() == []


def test_a_name_is_taken_once(office: Office, make_account: Callable[..., NewAccount]) -> None:
    make_account("zhang")
    with pytest.raises(AccountNameTaken):
        make_account("zhang", "institution")


def test_the_uri_names_the_account(office: Office, make_account: Callable[..., NewAccount]) -> None:
    account = make_account("张三")
    assert account.provisioning_uri.startswith("otpauth://totp/LenderVote:%E5%BC%A0%E4%B8%89?secret=" + account.totp_secret)


def bind(office: Office, account: NewAccount, role: str, signer: bytes, case_id: str) -> None:
    with office.sessions.begin() as session:
        office.accounts.bind(session, account.id, role, signer, case_id)


def test_an_official_sits_in_many_cases_with_one_key(office: Office, make_account: Callable[..., NewAccount]) -> None:
    account = make_account()
    bind(office, account, "official", SIGNER, "first")
    bind(office, account, "official", SIGNER, "second")
    assert office.accounts.get_account(account.id).case_id == "first"
    with pytest.raises(AccountBoundElsewhere):
        bind(office, account, "official", OTHER, "third")


def test_an_institution_has_one_case(office: Office, make_account: Callable[..., NewAccount]) -> None:
    account = make_account("bank", "institution")
    bind(office, account, "institution", SIGNER, "first")
    with pytest.raises(AccountBoundElsewhere):
        office.accounts.check_bindable(account.id, "institution", SIGNER)
    with pytest.raises(AccountHasOtherRole):
        office.accounts.check_bindable(account.id, "official", SIGNER)
    with pytest.raises(AccountNotFound):
        office.accounts.check_bindable("nobody", "official", SIGNER)


def test_the_command_line_makes_and_lists_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LENDERVOTE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("LENDERVOTE_NEW_PASSWORD", PASSWORD)
    run = CliRunner()
    nowhere = run.invoke(app, ["create", "zhang", "--role", "official"])
    assert nowhere.exit_code == 1
    assert "lendervote init" in nowhere.output
    assert not (tmp_path / "var").exists(), "no database is made by accident"
    assert run.invoke(main, ["init"]).exit_code == 0
    made = run.invoke(app, ["create", "zhang", "--role", "official"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["provisioning_uri"].startswith("otpauth://")
    listed = [json.loads(line) for line in run.invoke(app, ["list"]).stdout.splitlines()]
    assert [(account["name"], account["role"]) for account in listed] == [("zhang", "official")]
    assert [(account["signing"], account["signer"], account["renewal_due"]) for account in listed] == [("none yet", "none yet", [])]
    again = run.invoke(app, ["create", "zhang", "--role", "official"])
    assert again.exit_code == 1
    assert "已被使用" in again.output


def test_the_command_line_hands_an_account_over_and_draws_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LENDERVOTE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("LENDERVOTE_NEW_PASSWORD", PASSWORD)
    run = CliRunner()
    assert run.invoke(main, ["init"]).exit_code == 0
    plain = run.invoke(app, ["create", "zhang", "--role", "admin"])
    drawn = run.invoke(app, ["create", "li", "--role", "official", "--handed-over", "--qr"])
    made = json.loads(drawn.stdout)
    picture = io.StringIO()
    segno.make(made["provisioning_uri"], error="m", micro=False).terminal(out=picture, border=4, compact=True)
    assert picture.getvalue() in drawn.stderr
    assert "\u2588" not in plain.stderr, "a log is no place for it"
    listed = {account["name"]: account for account in map(json.loads, run.invoke(app, ["list"]).stdout.splitlines())}
    assert (listed["zhang"]["signing"], listed["zhang"]["signer"], listed["zhang"]["renewal_due"]) == ("none needed", "none needed", [])
    assert (listed["li"]["signer"], listed["li"]["renewal_due"]) == ("none yet", ["password", "second_factor"])


def test_the_command_line_says_who_has_which_signer() -> None:
    def line(signer: bytes | None, role: str = "official") -> tuple[object, object]:
        state = AccountState("id", "zhang", role, None, False, signing_with(signer), signer, ())
        return _line(state)["signing"], _line(state)["signer"]

    assert line(b"\x01" * 84) == ("passkey", "0x" + "01" * 84)
    assert line(SIGNER) == ("key_file", "0x" + "01" * 20)
    assert line(None) == ("none yet", "none yet")
    assert line(None, "admin") == ("none needed", "none needed")
