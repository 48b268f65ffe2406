"""What goes wrong on a lender's way: no network, a session that ends, a second tab, the back button, no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backend.ground.chain.node import Node
from scripts.rig.people import codes_sent, read_code
from tests.e2e.eyes import look, press, visitor
from tests.e2e.figures import note_most
from tests.e2e.journeys import SLOW_3G, go_on_to_check, sign_in, to_check, wait_for_receipt
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
KEPT = "Object.keys(sessionStorage).filter((name) => name.startsWith('lendervote.unsent.')).length"
HALTED_MILLISECONDS = 14_000
READABLE_MILLISECONDS = 2_000
FIRST_PAINT = """() => new Promise((tell) => new PerformanceObserver((list) => {
  const [first] = list.getEntriesByName("first-contentful-paint");
  if (first) tell(first.startTime);
}).observe({ type: "paint", buffered: true }))"""


def test_a_ballot_signed_without_network_or_chain_is_kept_and_goes_when_they_are_back(browser: Browser, vote: OpenVote) -> None:
    node = Node(vote.stack.rpc_url)
    with visitor(browser) as page:
        to_check(page, vote, vote.story.mobiles[7])
        page.context.set_offline(True)
        press(page, "确认投“同意”票")
        page.get_by_text("您的票还没有送出").wait_for()
        assert page.evaluate(KEPT) == 1
        look(page, "lender-unsent")
        node.ask("evm_setIntervalMining", 0)
        try:
            page.wait_for_timeout(HALTED_MILLISECONDS)  # the fault's own length
            page.context.set_offline(False)
            said = page.get_by_text("没有产生新区块")
            said.wait_for()
            assert "不出具回执" in said.inner_text()
            assert page.evaluate(KEPT) == 1
            look(page, "lender-chain-halted")
        finally:
            node.ask("evm_setIntervalMining", 1)
        wait_for_receipt(page)
        assert page.evaluate(KEPT) == 0


def test_a_kept_ballot_survives_a_reload(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        to_check(page, vote, vote.story.mobiles[8])
        ballots = f"**/api/polls/{vote.poll['id']}/ballots"
        page.route(ballots, lambda route: route.abort())
        press(page, "确认投“同意”票")
        page.get_by_text("您的票还没有送出").wait_for()
        page.unroute(ballots)
        page.reload()
        wait_for_receipt(page)
        assert page.evaluate(KEPT) == 0
        page.reload()
        page.get_by_role("heading", name="您已经投过票").wait_for()


def test_a_session_that_ends_in_mid_ballot_asks_for_the_code_and_keeps_the_choice(browser: Browser, vote: OpenVote) -> None:
    mobile = vote.story.mobiles[9]
    with visitor(browser) as page:
        to_check(page, vote, mobile)
        page.context.clear_cookies()
        press(page, "确认投“同意”票")
        page.get_by_label("手机号").wait_for()
        assert page.get_by_role("alert").filter(visible=True).count() == 1
        look(page, "lender-session-ended")
        page.get_by_label("手机号").fill(mobile)
        press(page, "获取验证码")
        code_again(page, vote, mobile)
        page.get_by_role("heading", name="提交前请核对").wait_for()
        assert page.locator("[data-screen='check'] [data-fill='choice-0']").inner_text() == "同意"
        press(page, "确认投“同意”票")
        wait_for_receipt(page)


def code_again(page: Page, vote: OpenVote, mobile: str) -> None:
    """A second code, when the service lets one go out again."""
    page.get_by_label("6 位验证码").wait_for()
    again = page.locator("[data-act='code-again']:enabled")
    again.wait_for(timeout=90_000)
    before = len(codes_sent(vote.outbox, mobile))  # the message is written just after the answer
    with page.expect_response(lambda answer: answer.url.endswith("/lender/code") and answer.ok):
        again.click()
    page.get_by_label("6 位验证码").fill(read_code(vote.outbox, mobile, before))
    press(page, "下一步")


def test_two_tabs_and_the_back_button_end_in_one_ballot_and_its_receipt(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        sign_in(page, vote, vote.story.mobiles[10])
        other = page.context.new_page()
        other.goto(page.url)
        other.get_by_role("heading", name="核对您的债权").wait_for()
        go_on_to_check(page, vote)
        press(page, "确认投“同意”票")
        wait_for_receipt(page)
        number = page.locator("[data-fill='receipt-number']").inner_text()
        other.reload()
        other.get_by_text(f"回执 {number}").wait_for()
        page.get_by_role("link", name="打开核对页面").click()
        page.get_by_role("heading", name="表决票回执").wait_for()
        page.go_back()
        page.get_by_text(f"回执 {number}").or_(page.get_by_role("heading", name="投票已提交")).first.wait_for()


def test_without_script_the_page_says_what_to_do(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser, java_script_enabled=False) as page:
        page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote")
        assert page.locator("noscript").inner_text().strip()
        assert page.locator("footer .hotline strong").is_visible()


def test_the_first_page_is_readable_on_slow_3g(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", SLOW_3G)
        page.goto(f"{vote.url}/polls/{vote.poll['id']}", wait_until="domcontentloaded")
        readable = round(page.evaluate(FIRST_PAINT))
    note_most("first_page_slow3g_ms", readable)
    assert readable <= READABLE_MILLISECONDS
