"""The administrator's desk: accounts, who is ready to sign, a case opened by the page, and a change that takes two people."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pyotp
import pytest

from scripts.rig.chromium import add_authenticator
from scripts.rig.keys import Key
from scripts.rig.logins import make_member
from scripts.rig.people import Member
from tests.e2e.eyes import DESK, look, press, sign_in_office, visitor
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
OFFICIALS = ("DEMO-desk-li", "DEMO-desk-wang")
INSTITUTION, CASE = "DEMO-desk-platform", "DEMO 由管理员建立的案件"


@pytest.fixture(scope="module")
def admins(vote: OpenVote) -> list[Member]:
    """Administrators of these journeys alone, each of whom signs in once: a code opens one session."""
    return [make_member(vote.stack, f"DEMO-desk-admin-{number}", "admin") for number in (1, 2, 3)]


def shown(page: Page, label: str) -> str:
    return page.locator("[data-list='secrets'] dl div", has=page.get_by_text(label, exact=True)).locator("dd").inner_text().strip()


def make_account(page: Page, name: str, role: str) -> tuple[str, str]:
    """Password and authenticator secret, as the page shows them once."""
    page.locator("summary", has_text="建立账户").click()
    form = page.locator("form", has=page.get_by_role("button", name="建立", exact=True))
    form.get_by_label("用户名").fill(name)
    form.get_by_label("身份").select_option(label=role)
    form.get_by_role("button", name="建立", exact=True).click()
    page.get_by_role("heading", name=f"账户“{name}”").wait_for()
    return shown(page, "登录密码"), shown(page, "验证器密钥")


def sign_in_as(page: Page, url: str, name: str, password: str, secret: str) -> None:
    page.goto(url)
    sign_in_with(page, name, password, code_of(secret))


def sign_in_with(page: Page, name: str, password: str, code: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_label("动态码").fill(code)
    press(page, "登录")


def in_part(page: Page, part: str, password: str, code: str, go: str) -> None:
    """Fill in the present password and code of one part of one's own account, and press."""
    section = page.locator(f"[data-own='{part}']")
    section.get_by_label("现在的密码").fill(password)
    section.get_by_label("现在的动态码").fill(code)
    section.get_by_role("button", name=go, exact=True).click()


def new_password(page: Page, first: str, again: str) -> None:
    section = page.locator("[data-own='password']")
    section.get_by_label("新密码（至少 12 个字符）").fill(first)
    section.get_by_label("再输入一次新密码").fill(again)


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def renew(page: Page, password: str, secret: str) -> tuple[str, str]:
    """What the page asks of whoever got the account from somebody; the new password and secret. The present code has signed in."""
    page.get_by_role("heading", name="请先更换由他人交给您的密码和验证器密钥").wait_for()
    look(page, "administrator-8-renewal")
    in_part(page, "second_factor", password, code_of(secret, 1), "取得新的验证器密钥")
    picture = page.get_by_role("img", name="验证器密钥的二维码")
    picture.wait_for()
    assert picture.evaluate("node => node.complete && node.naturalWidth > 100")
    look(page, "administrator-9-picture")
    renewed = page.locator("[data-own='second_factor'] dd").first.inner_text().strip()
    assert renewed != secret
    page.get_by_label("新密钥的动态码").fill(code_of(renewed))
    press(page, "确认，启用新的密钥")
    page.locator("[data-own='second_factor']").wait_for(state="detached")
    fresh = "DEMO-only-mine-" + secret[:4]
    new_password(page, fresh, fresh + "x")
    in_part(page, "password", password, code_of(renewed, 1), "更换密码")
    page.get_by_role("alert").filter(has_text="两次输入的新密码不同").wait_for()
    new_password(page, fresh, fresh)
    press(page, "更换密码")
    page.get_by_text("已登录：").wait_for()
    return fresh, renewed


def register_passkey(browser: Browser, vote: OpenVote, name: str, password: str, secret: str) -> None:
    with visitor(browser) as page:
        add_authenticator(page)
        sign_in_as(page, f"{vote.url.replace('127.0.0.1', 'localhost')}/officials", name, password, secret)
        renew(page, password, secret)
        press(page, "登记通行密钥")
        page.get_by_text(re.compile("已登记通行密钥")).wait_for()


def row_of(page: Page, name: str) -> str:
    return page.locator(f"[data-account='{name}']").inner_text()


def fill_case(page: Page, addresses: list[str]) -> None:
    page.locator("summary", has_text="建立案件").click()
    page.get_by_label("案件名称").fill(CASE)
    institution = page.get_by_role("group", name="平台机构")
    institution.get_by_label("平台机构全称").fill("DEMO 网络借贷平台")
    institution.get_by_label("统一社会信用代码").fill("91999900MA00000006")
    institution.get_by_label("所用账户").fill(INSTITUTION)
    institution.get_by_label("签名密钥文件的地址").fill(addresses[1])
    for number, name in enumerate(OFFICIALS, start=1):
        official = page.get_by_role("group", name=f"成员 {number}")
        official.get_by_label("姓名").fill(name)
        official.get_by_label("所用账户").fill(name)
    page.get_by_role("group", name="成员 2").get_by_label("签名密钥文件的地址").fill(addresses[0])
    page.get_by_label("规定人数").fill("1")


def test_accounts_are_made_who_is_ready_is_seen_and_a_case_is_opened(browser: Browser, vote: OpenVote, admins: list[Member]) -> None:
    with visitor(browser) as page:
        sign_in_office(page, f"{vote.url}/administrator", admins[0])
        secrets = {name: make_account(page, name, "专项工作组成员") for name in OFFICIALS}
        make_account(page, INSTITUTION, "平台机构")
        assert page.locator("[data-list='secrets'] img").evaluate("node => node.complete && node.naturalWidth > 100")
        assert "本人尚未更换密码或验证器密钥" in row_of(page, INSTITUTION)
        look(page, "administrator-1-secrets")
        press(page, "已转交本人，隐藏")
        assert page.locator("[data-list='secrets']").inner_text() == ""
        assert all("尚未登记通行密钥" in row_of(page, name) for name in OFFICIALS)
        register_passkey(browser, vote, OFFICIALS[0], *secrets[OFFICIALS[0]])
        press(page, "刷新")
        page.locator(f"[data-account='{OFFICIALS[0]}']", has_text="已登记通行密钥").wait_for()
        assert "本人尚未更换" not in row_of(page, OFFICIALS[0])
        assert "尚未登记通行密钥" in row_of(page, OFFICIALS[1])
        assert "尚无" in row_of(page, OFFICIALS[0]), "seen before any case is open"
        fill_case(page, [Key.make().address, Key.make().address])
        press(page, "核对，先不建立")
        page.get_by_role("alert").filter(has_text="超过成员的一半").wait_for()
        page.get_by_label("规定人数").fill("2")
        look(page, "administrator-2-form")
        press(page, "核对，先不建立")
        page.get_by_text("任何人都不能更改：成员名单").wait_for()
        look(page, "administrator-3-compare")
        press(page, "确认建立案件")
        page.get_by_role("heading", name=f"案件“{CASE}”已建立").wait_for()
        look(page, "administrator-4-opened")
        paper = page.locator("[data-opened]").inner_text()
        assert CASE in row_of(page, OFFICIALS[0])
        opened = next(case for case in page.evaluate("fetch('/api/cases').then((answer) => answer.json())") if case["name"] == CASE)
    assert opened["fingerprint"] in paper
    assert opened["address"] in paper
    assert [len(official["signer"]) for official in opened["officials"]] == [2 + 2 * 84, 2 + 2 * 20]


def test_an_account_is_changed_by_two_people_only(browser: Browser, vote: OpenVote, admins: list[Member]) -> None:
    name = make_member(vote.stack, "DEMO-desk-chen", "official").name  # of this journey alone: journeys come in any order
    with visitor(browser, DESK) as page:
        sign_in_office(page, f"{vote.url}/administrator", admins[1])
        page.locator("summary", has_text="变更账户").click()
        page.locator("select[name='account']").select_option(label=name)
        page.locator("select[name='kind']").select_option(label="重置密码")
        page.get_by_label("理由").fill("本人到场，忘记密码")
        press(page, "提出变更")
        waiting = page.locator("[data-change-id]", has_text=name)
        waiting.get_by_text("等待第二个人确认").wait_for()
        assert waiting.get_by_role("button", name="我已核实，确认办理").count() == 0
        look(page, "administrator-5-waits")
    with visitor(browser) as phone:
        sign_in_office(phone, f"{vote.url}/administrator", admins[2])
        phone.locator("[data-change-id]", has_text=name).get_by_role("button", name="我已核实，确认办理").click()
        phone.get_by_role("heading", name=f"账户“{name}”").wait_for()
        look(phone, "administrator-6-carried-out")
        assert len(shown(phone, "登录密码")) >= 16


def test_an_administrator_at_another_desk_is_told_where_the_own_one_is(browser: Browser, vote: OpenVote) -> None:
    admin = make_member(vote.stack, "DEMO-desk-admin-4", "admin")
    with visitor(browser) as page:
        sign_in_as(page, f"{vote.url}/officials", admin.name, admin.password, admin.totp_secret)
        link = page.get_by_role("link", name="前往管理员工作台")
        link.wait_for()
        look(page, "administrator-7-elsewhere")
        link.click()
        page.get_by_role("heading", name="管理员工作台").wait_for()
        page.get_by_text("已登录：").wait_for()


def test_people_change_their_own_password_at_their_desk(browser: Browser, vote: OpenVote) -> None:
    admin = make_member(vote.stack, "DEMO-desk-admin-5", "admin")
    used = code_of(admin.totp_secret)
    with visitor(browser) as page:
        page.goto(f"{vote.url}/administrator")
        sign_in_with(page, admin.name, admin.password, used)
        page.locator("summary", has_text="更换本人的登录密码").click()
        new_password(page, "DEMO another password", "DEMO another password")
        in_part(page, "password", admin.password, used, "更换密码")
        page.get_by_role("alert").filter(has_text="已经用过").wait_for()
        look(page, "administrator-10-own")
        in_part(page, "password", admin.password, code_of(admin.totp_secret, 1), "更换密码")
        page.get_by_text("您在其他设备上的登录已全部退出").wait_for()
