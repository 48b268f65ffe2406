"""Parts of a lender's way that several journeys share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.rig.people import read_code
from tests.e2e.eyes import press
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: For Network.emulateNetworkConditions: 400 ms there and back, 400 kbit/s.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}


def sign_in(page: Page, vote: OpenVote, mobile: str) -> None:
    """From the ballot page's address to the claim."""
    start_code(page, vote, mobile)
    page.get_by_role("heading", name="核对您的债权").wait_for()


def start_code(page: Page, vote: OpenVote, mobile: str) -> None:
    """From the ballot page's address to the code's answer."""
    page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote")
    page.get_by_label("手机号").fill(mobile)
    press(page, "获取验证码")
    page.get_by_label("6 位验证码").wait_for()
    page.get_by_label("6 位验证码").fill(read_code(vote.outbox, mobile))
    press(page, "下一步")


def ask_officials(page: Page) -> str:
    """From the two ways to prove oneself to the code that officials compare."""
    page.locator("[data-form='officials'] .pick").first.click()
    press(page, "申请核对")
    page.get_by_role("heading", name="请把核对编码念给工作组人员").wait_for()
    return page.locator("[data-fill='voucher-code']").inner_text()


def go_on_to_check(page: Page, vote: OpenVote, choice: str = "同意") -> None:
    """From the claim to the check page, vouched by two officials."""
    press(page, "信息无误，下一步")
    code = ask_officials(page)
    for official in vote.story.officials[:2]:
        vote.vouch(official, code)
    choose(page, choice)


def choose(page: Page, choice: str) -> None:
    """From the choice to the check page."""
    page.get_by_role("heading", name="请选择").wait_for()
    page.locator("[data-form='choice'] .pick", has_text=choice).first.click()
    press(page, "下一步")
    page.get_by_role("heading", name="提交前请核对").wait_for()


def to_check(page: Page, vote: OpenVote, mobile: str) -> None:
    """As far as the check page, FOR, vouched by two officials."""
    sign_in(page, vote, mobile)
    go_on_to_check(page, vote)


def wait_for_receipt(page: Page) -> None:
    """The receipt's screen, and that the phone found the receipt to be for its own ballot."""
    page.get_by_role("heading", name="投票已提交").wait_for()
    assert page.get_by_text("这张回执签的正是您的票").is_visible()
