"""Section 5 of the guide, and section 1 of the manuals: accounts, renewed by their owners, and a way to sign for each."""

from __future__ import annotations

import json
import secrets

from scripts.first_case.browser import Desk
from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import ADMINISTRATOR, GUIDE, INSTITUTION, OFFICIAL
from scripts.first_case.people import Authenticator, Person
from scripts.first_case.terminal import AGAIN, PASSWORD, CommandFailed

#: In the order of the case file. The third official's part is to be there: two of three sign.
OFFICIALS = ("official-1", "official-2", "official-3")
ROLES = {**dict.fromkeys(OFFICIALS, "official"), "institution": "institution"}
BY_KEY_FILE = ("official-2", "official-3", "institution")


def make_accounts_and_keys(run: CaseRun) -> None:
    """Everybody is ready to sign before there is a case."""
    record = run.record
    with record.step("the administrator's account", GUIDE, "what is printed goes into the person's authenticator, once"):
        run.people["admin"] = account_by_command(run, "lendervote account create zhang --role admin", "zhang", "zhang")
    if run.rehearsal:
        accounts_by_command(run)
    else:
        accounts_at_the_desk(run)
    for who in BY_KEY_FILE:
        with record.step(f"a key file: {who}", GUIDE, "or makes a key file on a machine of their own"):
            make_key_file(run, who)
    for who, path in (("official-1", "/officials"), ("official-2", "/officials"), ("institution", "/institution")):
        with record.step(f"first sign-in: {who}", OFFICIAL, "首次登录时**必须更换密码和验证器密钥**"):
            manual = OFFICIAL if path == "/officials" else INSTITUTION
            run.desks[who] = Desk.of(run.browser, record, OFFICIAL, passkeys=who not in BY_KEY_FILE)
            run.desks[who] = Desk(record, run.desks[who].page, manual)
            run.people[who].sign_in(run.desks[who], path)
            run.people[who].renew(run.desks[who])
        if who not in BY_KEY_FILE:
            with record.step(f"a passkey: {who}", OFFICIAL, "按设备提示用指纹、面容或设备密码确认两次"):
                run.people[who].register_passkey(run.desks[who])
        elif who == "institution":
            pass  # loads the key where it signs
    with record.step("who is ready to sign", GUIDE, "`lendervote account list` shows who is ready to sign"):
        ready = [json.loads(line) for line in run.backend.type("lendervote account list").printed.splitlines()]
        signing = {one["name"]: one["signing"] for one in ready}
        if signing[run.people["official-1"].name] != "passkey":
            raise CommandFailed(f"the passkey is not seen: {signing}")


def account_by_command(run: CaseRun, command: str, placeholder: str, name: str) -> Person:
    """Typed at the server; the password is asked for twice."""
    password = secrets.token_urlsafe(15)
    put = {} if name == placeholder else {placeholder: name}
    done = run.backend.type(command, [(PASSWORD, password), (AGAIN, password)], put=put)
    return Person(name, password, Authenticator(json.loads(done.last_line)["totp_secret"]))


def accounts_by_command(run: CaseRun) -> None:
    """With the names that `lendervote rehearse` writes into its case file."""
    for who, role in ROLES.items():
        with run.record.step(f"an account by command: {who}", GUIDE, "`--handed-over` is for somebody else's account"):
            placeholder = "li" if role == "official" else "wang"
            command = f"lendervote account create {placeholder} --role {role} --handed-over"
            run.people[who] = account_by_command(run, command, placeholder, f"rehearsal-{who}")


def accounts_at_the_desk(run: CaseRun) -> None:
    """The administrator makes them on a page; each password and secret is shown once."""
    desk = run.desks["admin"] = Desk.of(run.browser, run.record, ADMINISTRATOR)
    with run.record.step("the administrator signs in", ADMINISTRATOR, "每次登录用密码和 6 位动态码"):
        run.people["admin"].sign_in(desk, "/administrator")
        desk.see("已登录：")
    for who, role in ROLES.items():
        with run.record.step(f"an account at the desk: {who}", ADMINISTRATOR, "密码和验证器密钥由系统生成，**只显示一次**"):
            run.people[who] = make_at_the_desk(desk, who, role)


def make_at_the_desk(desk: Desk, name: str, role: str) -> Person:
    """Fill in the form, and take down what is shown."""
    desk.unfold("建立账户")
    form = desk.page.locator("form", has=desk.page.get_by_role("button", name="建立", exact=True))
    form.get_by_label("用户名").fill(name)
    form.get_by_label("身份").select_option(label="专项工作组成员" if role == "official" else "平台机构")
    desk.press("建立", form)
    desk.page.get_by_role("heading", name=f"账户“{name}”").wait_for()
    shown = desk.page.locator("[data-list='secrets']")
    password, secret = (
        shown.locator("dl div", has=desk.page.get_by_text(label, exact=True)).locator("dd").inner_text().strip()
        for label in ("登录密码", "验证器密钥")
    )
    desk.press("已转交本人，隐藏")
    return Person(name, password, Authenticator(secret))


def make_key_file(run: CaseRun, who: str) -> None:
    """On the person's own machine; only the address leaves it."""
    person, machine = run.people[who], run.own_machine(who)
    password = person.key_password
    put = {"li.json": f"{who}.json"}
    machine.type("lendervote key make li.json", [(PASSWORD, password), (AGAIN, password)], put=put)
    person.address = json.loads(machine.type("lendervote key show li.json", [(PASSWORD, password)], put=put).last_line)["address"]
    person.key_file = machine.folder / f"{who}.json"
