"""Officials announce in the browser, and choose there which ways of proving oneself count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from scripts.rig.chain_access import ChainAccess
from scripts.rig.steps import come_to_the_opening
from tests.e2e.eyes import enter_office, look, press, visitor
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

BEIJING = timedelta(hours=8)
DAY = timedelta(days=1)
ELSEWHERE = "0x" + "ab" * 20
OWN = "人脸核验，或由两名工作组人员核对"
CARD = "银行卡核验（DEMO 沙箱，不核对真实身份）"
REHEARSAL = "仅供演练，正式表决不能认可。"
SILENT = "身份核验机构没有回应，无法列出它提供的核验方式。"


def in_beijing(moment: datetime) -> str:
    """As a date field takes it."""
    return (moment + BEIJING).strftime("%Y-%m-%dT%H:%M")


def announce_in_browser(browser: Browser, vote: OpenVote) -> None:
    """One official ticks face and bank card, adds another organisation's address by hand, and signs on a phone; the second signs by API."""
    first, second = vote.story.officials[:2]
    identity = httpx.get(f"{vote.stack.issuer_url}/v1/identity").json()
    named = [identity["address"], identity["ways"]["bank_card/sandbox"], ELSEWHERE]
    with visitor(browser) as page:
        enter_office(page, f"{vote.url}/officials", first, vote.key_file(first))
        propose_by_hand_alone(page, vote, identity["address"])
        fill_in_times(page, vote)
        choose_ways(page)
        look(page, "official-announce-ways-phone")
        press(page, "提出公告")
        card = waiting_announcement(page)
        assert says(card.locator("[role=status] li").all(), named, [OWN, f"{CARD} {REHEARSAL}", "其他核验机构"])
        look(page, "official-announce-ways-to-sign-phone")
        card.get_by_role("button", name="我同意并签名").click()
        card.get_by_text("您已签名").wait_for()
        read_in_english(page, vote)
    act = next(act for act in second.api.get(f"/api/acts?case_id={vote.story.case['id']}") if act["status"] == "open")
    assert act["summary"]["verifiers"] == named
    assert second.sign_act(act)["status"] == "done"
    come_to_the_opening(vote.story)
    assert [address.lower() for address in vote.poll["verifiers"]] == named


def read_in_english(page: Page, vote: OpenVote) -> None:
    """The same list for whoever reads English, and the form's offer."""
    page.goto(f"{vote.url}/officials?lang=en")
    page.get_by_text("By signing, you accept these ways of identity check for this vote").wait_for()
    page.locator("[data-act-id] li", has_text="bank card check (DEMO sandbox, checks no real identity)").wait_for()
    page.locator("summary", has_text="Announce the vote").click()
    page.get_by_role("checkbox", name="face check, or check by two officials", checked=True).wait_for()
    look(page, "official-announce-ways-en")


def propose_by_hand_alone(page: Page, vote: OpenVote, address: str) -> None:
    """While the issuer cannot be reached the form says so and takes addresses by hand; what is to be signed says that no name is known."""
    page.route(f"{vote.stack.issuer_url}/**", lambda route: route.abort())
    fill_in_times(page, vote)
    page.get_by_text(SILENT).wait_for()
    assert not page.get_by_role("checkbox", name=OWN).is_visible()
    look(page, "official-announce-silent-phone")
    by_hand(page, "0x12")
    press(page, "提出公告")
    page.get_by_role("alert").filter(has_text="“0x12”不是核验机构地址").wait_for()
    by_hand(page, address)
    press(page, "提出公告")
    card = waiting_announcement(page)
    card.get_by_text("身份核验机构没有回应，不能对应名称").wait_for()
    assert says(card.locator("[role=status] li").all(), [address], ["核验机构"])
    card.get_by_role("button", name="撤回").click()
    card.wait_for(state="detached")
    page.unroute(f"{vote.stack.issuer_url}/**")


def fill_in_times(page: Page, vote: OpenVote) -> None:
    """Rule and times; opening the form asks the issuer for its ways."""
    now = datetime.fromtimestamp(ChainAccess(vote.stack.rpc_url).time(), UTC)
    page.locator("summary", has_text="公告表决").click()
    page.get_by_label("计票规则").select_option("CN_EBL84")
    page.get_by_label("开始时间（北京时间）").fill(in_beijing(now + 16 * DAY))
    page.get_by_label("截止时间（北京时间）").fill(in_beijing(now + 20 * DAY))
    page.get_by_label("异议期（分钟，仅限演练）").fill("4320")


def by_hand(page: Page, text: str) -> None:
    page.get_by_label("自行填写的核验机构地址（每行一个）").fill(text)


def choose_ways(page: Page) -> None:
    """What is ticked is said in words at once, and so is what could not be announced."""
    own, card = page.get_by_role("checkbox", name=OWN), page.get_by_role("checkbox", name=CARD)
    own.wait_for()
    assert own.is_checked()
    assert not card.is_checked(), "a service counts only by the officials' choice"
    assert page.locator("label", has_text=CARD).get_by_text(REHEARSAL).is_visible()
    card.check()
    own.uncheck()
    press(page, "提出公告")
    page.get_by_role("alert").filter(has_text="选用核验服务的，请同时选").wait_for()
    own.check()
    by_hand(page, "\n".join(f"0x{number:040x}" for number in range(1, 8)))
    chosen = page.locator("[data-list=ways-chosen]")
    chosen.get_by_text("一次表决最多认可 8 个核验机构地址，现有 9 个，请减少。").wait_for()
    by_hand(page, ELSEWHERE.upper().replace("X", "x"))
    chosen.get_by_text("共 3 个地址，最多 8 个").wait_for()
    assert [words in line for words, line in zip([OWN, CARD, "其他核验机构"], chosen.locator("li").all_inner_texts(), strict=True)] == [
        True
    ] * 3


def waiting_announcement(page: Page) -> Locator:
    card = page.locator("[data-act-id]", has_text="公告表决 ·")
    card.wait_for()
    card.get_by_text("本页已重新计算：以上内容与待签内容的数字指纹一致。").wait_for()
    return card


def says(lines: list[Locator], addresses: list[str], names: list[str]) -> bool:
    """Each address stands in a line with its name, in the announcement's order."""
    return [
        name in line.inner_text() and address in line.inner_text() for line, address, name in zip(lines, addresses, names, strict=True)
    ] == [True] * len(addresses)
