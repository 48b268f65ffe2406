"""The days on which the poll is open: lenders vote on their telephones, two officials check each of them."""

from __future__ import annotations

import re
import time

from scripts.first_case.browser import Desk
from scripts.first_case.case_run import CaseRun, Lender
from scripts.first_case.documents import GUIDE, LENDER, OFFICIAL
from scripts.rig.people import read_code

FOR = "同意"
RECORDED = re.compile("已写入区块链|已确认")
OUTBOX = "/var/lib/lendervote/outbox/sms.jsonl"


def await_the_opening(run: CaseRun, opens_at: int) -> None:
    """A rehearsal waits for its minutes; for a real poll the chain's clock is moved on by 15 days, and nothing else."""
    with run.record.step("the notice period", GUIDE, "the poll opens: the contract wants a notice of 15 days"):
        pass_time(run, opens_at + 1)


def pass_time(run: CaseRun, moment: int) -> None:
    """Until the chain's newest block is from that moment or later."""
    if not run.rehearsal:
        run.world.clock.move_to(moment)
    while run.world.clock.time() < moment:
        time.sleep(0.5)  # a chain tells nobody what time it is


def vote(run: CaseRun) -> None:
    """Everybody who has a vote comes, each with a telephone of their own, and sees it recorded."""
    phones = []
    for number, lender in enumerate(run.lenders, start=1):
        phone = Desk.of(run.browser, run.record, LENDER, phone=True)
        phones.append(phone)
        with run.record.step(f"lender {number} signs in and checks the claim", LENDER, "再填写收到的 6 位数字"):
            sign_in(run, phone, lender)
        with run.record.step(f"lender {number} is checked by two officials", OFFICIAL, "须两名成员分别核对"):
            be_checked(run, phone)
        with run.record.step(f"lender {number} votes {FOR}", LENDER, "按一次就够，多按也只算一张"):
            cast(phone, FOR)
    with run.record.step("every ballot on the chain", LENDER, "状态从“已提交”变为“已写入区块链”“已确认”"):
        for phone in phones:
            phone.page.locator("[data-fill='status']", has_text=RECORDED).wait_for()
            phone.page.context.close()


def sign_in(run: CaseRun, phone: Desk, lender: Lender) -> None:
    """From the address in the notice to the claim; the code is where the guide says that this release puts it."""
    phone.open(f"{run.poll_page}/vote", documented=False)
    phone.fill("手机号", lender.mobile)
    phone.press("获取验证码")
    code = phone.page.get_by_label("6 位验证码")
    code.wait_for()
    run.record.now.sentence_of(GUIDE, "`outbox/` in the backend's data folder")
    code.fill(read_code(run.places.path(OUTBOX), lender.mobile))
    phone.press("下一步")
    phone.page.get_by_role("heading", name="核对您的债权").wait_for()
    phone.press("信息无误，下一步")


def be_checked(run: CaseRun, phone: Desk) -> None:
    """The lender reads the matching code out, each official compares and signs."""
    page = phone.page
    page.locator("[data-form='officials'] .pick").first.click()
    page.get_by_role("button", name="申请核对").click()
    run.record.now.follow_button("申请核对", LENDER)
    page.get_by_role("heading", name="请把核对编码念给工作组人员").wait_for()
    code = page.locator("[data-fill='voucher-code']").inner_text()
    for desk in run.signing_officials:
        desk.press("刷新")
        card = desk.page.locator("[data-voucher-id]", has_text=code)
        desk.tick("我已核对本人和证件，核对编码一致", card)
        desk.press("签署核对证明", card)
        card.wait_for(state="detached")
    page.get_by_role("heading", name="请选择").wait_for()


def cast(phone: Desk, choice: str) -> None:
    """Choose, check, confirm, and wait until the ballot is on the chain."""
    page = phone.page
    page.locator("[data-form='choice'] .pick").filter(has_text=choice).first.click()
    phone.press("下一步")
    page.get_by_role("heading", name="提交前请核对").wait_for()
    phone.press(f"确认投“{choice}”票")
    page.get_by_role("heading", name="投票已提交").wait_for()
    page.get_by_text("这张回执签的正是您的票").wait_for()
