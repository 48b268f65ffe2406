"""Parts of a lender's way that several journeys share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.demo.people import read_code
from tests.e2e.eyes import press
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Page


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
    page.get_by_role("heading", name="请把这个编码告诉工作人员").wait_for()
    return page.locator("[data-fill='voucher-code']").inner_text()


def choose(page: Page, choice: str) -> None:
    """From the choice to the check page."""
    page.get_by_role("heading", name="请选择").wait_for()
    page.locator("[data-form='choice'] .pick", has_text=choice).first.click()
    press(page, "下一步")
    page.get_by_role("heading", name="提交前请核对").wait_for()
