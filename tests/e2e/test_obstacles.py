"""More of what goes wrong on a lender's way: no code, an old browser, a slow network, the back button, two tabs, a close in mid-way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from scripts.rig.chain_access import ChainAccess
from scripts.rig.steps import unix
from tests.e2e.eyes import look, press, visitor
from tests.e2e.journeys import SLOW_3G, ask_officials, choose, go_on_to_check, sign_in, to_check, wait_for_receipt
from tests.e2e.stack import OpenVote, open_vote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.slow
STAGE = "async (id) => (await (await fetch(`/api/polls/${id}`)).json()).stage === 'closed'"
ON_CHAIN = re.compile("已写入区块链|已确认")


@pytest.fixture
def closing_vote(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    """A poll of one journey's own, which closes it."""
    with open_vote(tmp_path_factory.mktemp("obstacles")) as opened:
        yield opened


def ballot_page(vote: OpenVote) -> str:
    return f"{vote.url}/polls/{vote.poll['id']}/vote"


@pytest.mark.parametrize("known", [True, False], ids=["registered", "in no register"])
def test_who_gets_no_code_finds_why_and_whom_to_call_and_a_stranger_learns_no_more(browser: Browser, vote: OpenVote, known: bool) -> None:
    with visitor(browser) as page:
        page.goto(ballot_page(vote))
        page.get_by_label("手机号").fill(vote.story.mobiles[15] if known else "12099999998")
        press(page, "获取验证码")
        page.get_by_label("6 位验证码").fill("000000")
        press(page, "下一步")
        page.get_by_role("alert").filter(has_text="验证码不正确或已过期").wait_for()
        ways = page.locator("[data-screen='phone'] .way")
        for words in ("被手机拦截", "不在登记表中的手机号收不到验证码，也不能投票", "核对身份后开具登录码"):
            assert ways.get_by_text(words).is_visible()
        assert ways.locator(".hotline strong").is_visible()
        look(page, f"lender-no-code-{'known' if known else 'unknown'}")
        press(page, "换一个手机号")
        assert page.get_by_label("手机号").is_editable()
        assert not ways.is_visible()


def test_a_browser_without_modules_says_so_and_whom_to_call(browser: Browser, vote: OpenVote) -> None:
    def as_an_old_browser_reads_it(route: Route) -> None:
        answer = route.fetch()
        assert 'type="module"' in answer.text()
        route.fulfill(response=answer, body=answer.text().replace('type="module"', 'type="of-a-later-year"'))

    with visitor(browser) as page:
        page.route(ballot_page(vote), as_an_old_browser_reads_it)
        page.goto(ballot_page(vote))
        stuck = page.get_by_text("也可能是您的浏览器太旧")
        stuck.wait_for()
        assert page.locator("footer .hotline strong").is_visible()
        look(page, "lender-old-browser")
        page.unroute(ballot_page(vote))
        page.reload()
        page.get_by_label("手机号").wait_for()
        assert not stuck.is_visible()


def test_the_whole_way_on_slow_3g(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", SLOW_3G)
        to_check(page, vote, vote.story.mobiles[16])
        page.get_by_role("button", name="确认投“同意”票").dblclick()
        page.get_by_text("正在提交，请不要关闭页面").wait_for()
        wait_for_receipt(page)
        page.locator("[data-fill='status']", has_text=ON_CHAIN).wait_for(timeout=60_000)
        press(page, "改票")
        page.get_by_role("heading", name="您已经投过票").wait_for()
        assert page.locator("[data-list='receipts'] li").count() == 1, "an impatient second tap made no second ballot"


def test_the_back_button_goes_one_screen_back_and_costs_neither_credential_nor_ballot(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        page.goto(f"{vote.url}/polls/{vote.poll['id']}")
        sign_in(page, vote, vote.story.mobiles[17])
        press(page, "信息无误，下一步")
        page.get_by_role("heading", name="确认是您本人").wait_for()
        page.go_back()
        page.get_by_role("heading", name="核对您的债权").wait_for()
        press(page, "信息无误，下一步")
        code = ask_officials(page)
        page.go_back()
        assert page.locator("[data-fill='voucher-code']").inner_text() == code, "the officials may be comparing it at this moment"
        for official in vote.story.officials[:2]:
            vote.vouch(official, code)
        choose(page, "不同意")
        page.go_back()
        page.get_by_role("heading", name="请选择").wait_for()
        page.go_back()
        page.get_by_role("heading", name="请选择").wait_for()
        choose(page, "同意")
        press(page, "确认投“同意”票")
        wait_for_receipt(page)
        page.wait_for_function("history.state === null")
        page.go_back()
        page.wait_for_url(re.compile(r"/polls/\d+$|/polls/[\w-]+$"))
        page.go_forward()
        page.get_by_role("heading", name="您已经投过票").wait_for()


def test_of_ballots_from_two_tabs_the_newest_counts(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        sign_in(page, vote, vote.story.mobiles[18])
        other = page.context.new_page()
        other.goto(page.url)
        other.get_by_role("heading", name="核对您的债权").wait_for()
        go_on_to_check(page, vote)
        go_on_to_check(other, vote, "不同意")
        press(other, "确认投“不同意”票")
        wait_for_receipt(other)
        press(page, "确认投“同意”票")
        wait_for_receipt(page)
        page.locator("[data-fill='status']", has_text=ON_CHAIN).wait_for(timeout=60_000)
        press(other, "改票")
        other.get_by_text("区块链上目前记录的是您的第 2 次投票。").wait_for()
        assert other.locator("[data-list='receipts'] li").count() == 2


def test_a_close_between_two_screens_is_said_on_a_screen_of_its_own(browser: Browser, closing_vote: OpenVote) -> None:
    """Whoever stands at the code, before the officials or at the last button when the poll closes."""
    vote = closing_vote
    chain = ChainAccess(vote.stack.rpc_url)
    with ExitStack() as open_pages:
        at_check, hurried, asking, waiting = (open_pages.enter_context(visitor(browser)) for _ in range(4))
        to_check(at_check, vote, vote.story.mobiles[5])
        to_check(hurried, vote, vote.story.mobiles[6])
        sign_in(asking, vote, vote.story.mobiles[7])
        press(asking, "信息无误，下一步")
        sign_in(waiting, vote, vote.story.mobiles[8])
        press(waiting, "信息无误，下一步")
        vote.vouch(vote.story.officials[0], ask_officials(waiting))
        waiting.get_by_text("已有 1 名工作组人员确认").wait_for()
        chain.move_to(unix(vote.poll["closes_at"]) - 20)
        press(hurried, "确认投“同意”票")
        too_late(hurried, "离截止不到 30 秒")
        chain.move_to(unix(vote.poll["closes_at"]) + 1)
        asking.wait_for_function(STAGE, arg=vote.poll["id"])
        asking.locator("[data-form='officials'] .pick").first.click()
        press(asking, "申请核对")
        too_late(asking, "表决已截止")
        too_late(waiting, "表决已截止")  # without a tap: the page sees that nobody will come any more
        seen = chain.height()
        while chain.height() < seen + 3:  # intake looks at the chain's time once in a while: some blocks later it knows
            at_check.wait_for_timeout(200)
        press(at_check, "确认投“同意”票")
        too_late(at_check, "这张票没有收下")
        look(at_check, "lender-too-late")
        press(at_check, "查看我的投票记录")
        at_check.get_by_text("区块链上还没有您的票。").wait_for()
        assert at_check.locator("[data-act='claim-next']:visible").count() == 0
        look(at_check, "lender-too-late-claim")


def too_late(page: Page, reason: str) -> None:
    """The screen that says why, what stands, and what now."""
    page.get_by_role("heading", name="来不及投票了").wait_for()
    assert page.get_by_role("alert").filter(has_text=reason).is_visible()
    assert page.get_by_text("得到回执的票不受影响").is_visible()
    assert page.locator("[data-screen='too-late'] .hotline strong").is_visible()
    assert page.get_by_role("button", name="查看我的投票记录").is_visible()
