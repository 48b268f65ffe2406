"""A small sealed poll from the appointment of its trustees to what each lender's ballot was opened as."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scripts.rig.chain_access import ChainAccess
from scripts.rig.people import AGAINST, FOR, Phone, codes_sent, read_code
from scripts.rig.steps import unix
from scripts.rig.voting import cast_one, prove, wait_for_chain
from tests.e2e.eyes import DESK, enter_office, look, press, visitor
from tests.e2e.journeys import ask_officials, choose, go_on_to_check, sign_in, wait_for_receipt
from tests.e2e.results_seen import see_what_the_sums_tell
from tests.e2e.sealing import SealedDesk
from tests.e2e.stack import OpenVote, open_vote
from tests.e2e.steps import count_steps

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 120
MOTIONS = ("兑付方案", "更换受托管理人")


@pytest.fixture
def frozen(browser: Browser, tmp_path: Path) -> Iterator[OpenVote]:
    """A case with a register and an admitted plan, and no poll yet; `browser` comes first, as in conftest."""
    with open_vote(tmp_path, announce=lambda opened: None) as opened:
        yield opened


def test_a_sealed_poll_from_its_announcement_to_what_ballots_were_opened_as(browser: Browser, frozen: OpenVote) -> None:
    vote, first = frozen, frozen.story.officials[0]
    with visitor(browser) as page:
        enter_office(page, f"{vote.url}/officials", first, vote.key_file(first))
        desk = SealedDesk(page, vote)
        desk.appoint()
        desk.hold_ceremony()
        desk.announce()
        see_the_sealed_poll(browser, vote, "表决截止前，本网站不公开任何票数。", "sealed-open")
        a_lender_votes(browser, vote)
        a_lender_votes_in_six_screens_and_nine_taps(browser, vote)
        others_vote(vote)
        ChainAccess(vote.stack.rpc_url).move_to(unix(vote.poll["closes_at"]) + 1)
        press(page, "刷新")
        see_the_sealed_poll(browser, vote, "尚未公布份额", "sealed-closed")
        see_the_ceremonies(browser, vote)
        desk.unseal()
        wait_for_stage(vote, "counted")
        press(page, "刷新")
        page.get_by_text("名出借人的最新一票").wait_for()
        see_what_the_sums_tell(page)
        with visitor(browser) as lender:
            look_up(lender, vote)
            see_opened(lender, "公开合计之后有 3 天异议期。")
            press(page, "公开合计并计票")
            page.get_by_text("计票完成").first.wait_for()
            look(page, "sealed-tallied-phone")
            lender.reload()
            see_opened(lender, "前提出异议。")
        see_the_sealed_poll(browser, vote, "方案获得通过", "sealed-result")
        motions_are_voted_on_together(browser, vote, desk)


def see_the_sealed_poll(browser: Browser, vote: OpenVote, words: str, name: str) -> None:
    """The public page, on a phone and a desk; before the sums are opened nothing on it looks like a count."""
    for size in (None, DESK):
        with visitor(browser, size) as page:
            page.goto(f"{vote.url}/polls/{vote.poll['id']}")
            page.get_by_text(words).first.wait_for()
            if name != "sealed-result":
                assert page.locator("svg.bars").count() == 0
            look(page, f"{name}-{'1280' if size else '390'}")


def see_the_ceremonies(browser: Browser, vote: OpenVote) -> None:
    """From the poll's page, on a phone: every seat took every step, and the key is that poll's."""
    with visitor(browser) as page:
        page.goto(f"{vote.url}/polls/{vote.poll['id']}")
        page.get_by_role("link", name="本案件的密钥仪式").click()
        ceremony = page.locator("[data-ceremony]").first
        ceremony.wait_for()
        assert ceremony.locator("tbody tr").count() == 6
        assert ceremony.get_by_text("未完成").count() == 0
        assert ceremony.locator(f"a[href='/polls/{vote.poll['id']}']").count() == 1
        look(page, "sealed-ceremonies-390")


def a_lender_votes(browser: Browser, vote: OpenVote) -> None:
    """AGAINST, then after a reload nothing tells so; then FOR."""
    with visitor(browser) as page:
        sent: list[dict[str, Any]] = []
        page.on("request", lambda request: sent.append(json.loads(request.post_data or "{}")) if request.url.endswith("/ballots") else None)
        sign_in(page, vote, vote.story.mobiles[0])
        assert page.locator(".checks li.good").count() == 4
        look(page, "sealed-lender-claim")
        press(page, "信息无误，下一步")
        vouch(vote, page)
        page.get_by_role("heading", name="请选择").wait_for()
        page.get_by_text("锁定到截止，之前谁都读不到").first.wait_for()
        look(page, "sealed-lender-choice")
        choose(page, "不同意")
        look(page, "sealed-lender-check")
        press(page, "确认投“不同意”票")
        wait_for_receipt(page)
        page.get_by_text("回执中没有您的选择").wait_for()
        look(page, "sealed-lender-receipt")
        assert not tells_the_choice(page)
        assert set(sent[0]) >= {"seal", "sealed_choice"}
        assert "choice" not in sent[0]
        wait_for_chain_of(vote, 1)
        page.reload()
        page.get_by_text("区块链上已记录您的一张密封的票（第 1 次投票）").wait_for()
        assert not tells_the_choice(page)
        assert page.evaluate("sessionStorage.length + localStorage.length") == 0
        look(page, "sealed-lender-reloaded")
        press(page, "改票")
        vouch(vote, page)
        choose(page, "同意")
        opened = the_seal_is_checked_elsewhere(browser, vote, page)
        press(page, "显示密封内容")
        page.locator("[data-list='seal-second'] .hash").wait_for(state="detached")
        shown = page.locator("[data-list='seal-first'] .hash").inner_text()
        press(page, "确认投“同意”票")
        wait_for_receipt(page)
        assert not tells_the_choice(page)
    assert opened.split()[5] != sent[-1]["seal"], "what was opened is not sent"
    assert shown.split()[5:] == [sent[-1]["seal"], sent[-1]["sealed_choice"]], "what was shown and not opened is"


def the_seal_is_checked_elsewhere(browser: Browser, vote: OpenVote, page: Page) -> str:
    """On a device of its own, by a page from the disk: the line that was opened."""
    page.locator("summary", has_text="用另一台设备核对密封").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载核对页").click()
    file = vote.folder / "check-seal.html"
    download.value.save_as(file)
    press(page, "显示密封内容")
    first: str = page.locator("[data-list='seal-first'] .hash").inner_text()
    with visitor(browser) as other:
        other.goto(file.as_uri())
        other.get_by_label("案件地址").fill(vote.poll["case_address"])
        other.get_by_label("表决编号").fill(str(vote.poll["number"]))
        other.get_by_label("节点一").fill(vote.stack.rpc_url)
        other.get_by_label("节点二").fill(vote.stack.rpc_url.replace("127.0.0.1", "localhost"))
        other.get_by_label("第一个二维码的内容").fill(first)
        press(other, "记下")
        other.get_by_text("已记下。现在请在手机上按“公开并核对”").wait_for()
        press(page, "公开并核对")
        look(page, "sealed-lender-seal-opened")
        second = page.locator("[data-list='seal-second'] .hash").inner_text()
        other.get_by_label("第二个二维码的内容").fill(second[:-1] + "2")
        press(other, "核对")
        other.get_by_text("不符，请不要提交").wait_for()
        other.get_by_label("第二个二维码的内容").fill(second)
        press(other, "核对")
        other.get_by_text("手机密封的是：同意。").wait_for()
        look(other, "check-seal-holds")
        other.get_by_role("button", name="English").click()
        other.get_by_text("Your phone sealed: For.").wait_for()
    return first


def tells_the_choice(page: Page) -> bool:
    """Whether any text of the page, shown or hidden, or a field names what was chosen."""
    chosen = page.evaluate("[...document.querySelectorAll('[data-form=choice] input')].some((field) => field.checked)")
    texts = page.evaluate("""[...document.querySelectorAll("[data-screen='check'], [data-screen='receipt'], [data-screen='claim']")]
        .map((node) => node.textContent).join(" ")""")
    return bool(chosen) or "不同意" in texts


def vouch(vote: OpenVote, page: Page) -> None:
    code = ask_officials(page)
    for official in vote.story.officials[:2]:
        vote.vouch(official, code)


def a_lender_votes_in_six_screens_and_nine_taps(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        steps = count_steps(page)
        sign_in(page, vote, vote.story.mobiles[5])
        go_on_to_check(page, vote)
        press(page, "确认投“同意”票")
        wait_for_receipt(page)
        steps.hold()


def others_vote(vote: OpenVote) -> None:
    """Lenders by API, enough for the plan to pass."""
    for place, mobile in enumerate(vote.story.mobiles[6:14]):
        phone = Phone(vote.url, mobile, vote.outbox, vote.poll)
        phone.sign_in()
        cast_one(vote.story, phone, prove(vote.story, phone, None), AGAINST if place == 0 else FOR)
    wait_for_chain(vote.story)


def motions_are_voted_on_together(browser: Browser, vote: OpenVote, desk: SealedDesk) -> None:
    """Under one signature: one motion is chosen, the other left empty, which counts as abstaining and is said to."""
    desk.announce_motions(MOTIONS)
    with visitor(browser) as page:
        sign_in(page, vote, vote.story.mobiles[15])
        press(page, "信息无误，下一步")
        vouch(vote, page)
        page.get_by_role("heading", name="请选择").wait_for()
        press(page, "下一步")
        page.get_by_role("alert").filter(has_text="您还没有选择").wait_for()
        page.locator("fieldset", has_text=MOTIONS[0]).locator(".pick", has_text="同意").first.click()
        look(page, "sealed-motions-choice")
        press(page, "下一步")
        page.get_by_role("heading", name="提交前请核对").wait_for()
        assert [page.locator(f"[data-fill='choice-{motion}']").inner_text() for motion in (0, 1)] == ["同意", "弃权（您没有选择）"]
        look(page, "sealed-motions-check")
        press(page, "确认提交 2 项选择")
        wait_for_receipt(page)
        wait_for_chain_of(vote, 1)
        ChainAccess(vote.stack.rpc_url).move_to(unix(vote.poll["closes_at"]) + 1)
        for seat in (0, 3, 5):
            desk.publish_share(seat)
        wait_for_stage(vote, "counted")
        page.reload()
        page.get_by_role("heading", name="您的票解封后的内容").wait_for()
        lines = page.locator("[data-list='opened'] li").all_inner_texts()
        assert lines == [f"第 1 项“{MOTIONS[0]}”：同意", f"第 2 项“{MOTIONS[1]}”：弃权"]
        look(page, "sealed-motions-opened")


def wait_for_chain_of(vote: OpenVote, ballots: int) -> None:
    """Until so many ballots are on the chain by the poll's own turnout."""
    official = vote.story.officials[0].api
    for _ in range(PATIENCE_SECONDS):
        if official.get(f"/api/polls/{vote.poll['id']}/turnout")["points"][-1]["heads"] >= ballots:
            return
        time.sleep(1)
    pytest.fail("the ballot did not reach the chain")


def wait_for_stage(vote: OpenVote, stage: str) -> None:
    for _ in range(PATIENCE_SECONDS):
        seal = httpx.get(f"{vote.url}/api/polls/{vote.poll['id']}/seal").json()
        if seal["stage"] == stage:
            return
        time.sleep(1)
    pytest.fail(f"the poll is {seal}")


def look_up(page: Page, vote: OpenVote) -> None:
    """After the close a lender signs in to see, not to vote."""
    mobile = vote.story.mobiles[0]
    page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote")
    press(page, "查看我的投票记录")
    page.get_by_label("手机号").fill(mobile)
    sent = codes_sent(vote.outbox, mobile)
    press(page, "获取验证码")
    page.get_by_label("6 位验证码").wait_for()
    try:
        code = read_code(vote.outbox, mobile, before=len(sent))
    except LookupError:  # one was sent less than a minute ago, and has been used
        page.locator('[data-act="code-again"]').click(timeout=70_000)
        code = read_code(vote.outbox, mobile, before=len(sent))
    page.get_by_label("6 位验证码").fill(code)
    press(page, "下一步")


def see_opened(page: Page, until: str) -> None:
    """As what the lender's newest ballot was opened, and until when to object."""
    page.get_by_role("heading", name="您的票解封后的内容").wait_for()
    assert page.locator("[data-list='opened'] li").all_inner_texts() == ["同意"]
    page.get_by_text(until).wait_for()
    look(page, "sealed-lender-opened")
