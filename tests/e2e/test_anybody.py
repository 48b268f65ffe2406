"""What anybody sees, on a phone and on a desk, in both languages; nothing is counted aloud before the close."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.eyes import DESK, PHONE, look, visitor
from tests.e2e.figures import note_most
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

STYLE = Path(__file__).resolve().parents[2] / "backend" / "web" / "static" / "site.css"
NARROW: ViewportSize = {"width": 360, "height": 740}


@pytest.mark.parametrize(("name", "size"), [("390", PHONE), ("360", NARROW), ("1280", DESK)])
def test_public_pages(browser: Browser, vote: OpenVote, name: str, size: ViewportSize) -> None:
    with visitor(browser, size) as page:
        for shown, path in [
            ("home", "/"),
            ("poll", f"/polls/{vote.poll['id']}"),
            ("outlook", f"/polls/{vote.poll['id']}/outlook"),
            ("help", "/help"),
            ("lost", "/no-such-page"),
        ]:
            page.goto(vote.url + path)
            assert page.locator("html").get_attribute("lang") == "zh-CN"
            assert page.locator("footer .hotline strong").is_visible()
            assert page.get_by_text("DEMO 演示").first.is_visible()
            look(page, f"public-{shown}-{name}")


def test_english_is_kept_once_it_was_asked_for(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        page.goto(vote.url)
        page.get_by_role("link", name="English").click()
        page.get_by_role("heading", name="Votes on settlement plans").wait_for()
        page.goto(f"{vote.url}/polls/{vote.poll['id']}")
        page.get_by_role("heading", name="Counting rule").wait_for()
        look(page, "public-poll-en")
        page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote")
        page.get_by_role("button", name="Send me a code").wait_for()
        look(page, "lender-1-phone-en")


def test_text_at_twice_its_size_still_fits(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        page.goto(f"{vote.url}/polls/{vote.poll['id']}")
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        look(page, "public-poll-large-text")


def test_the_ballot_page_stays_below_100_kilobytes(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        lengths: list[int] = []
        network = page.context.new_cdp_session(page)
        network.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
        network.send("Network.enable")
        page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote", wait_until="networkidle")
        page.get_by_label("手机号").wait_for()
    on_the_wire = sum(lengths)
    note_most("voter_kilobytes", -(-on_the_wire // 1000))
    assert 20_000 < on_the_wire < 100_000, lengths
    assert STYLE.stat().st_size < 15_000


def test_no_count_before_the_close(vote: OpenVote) -> None:
    text = httpx.get(f"{vote.url}/polls/{vote.poll['id']}").text
    assert "表决截止前，本网站不公开任何票数" in text
    assert text.count("<svg") == text.count('class="ladder"') == 1, "the plan's payments are the only drawing"
    early = httpx.get(f"{vote.url}/polls/{vote.poll['id']}/transactions")
    assert early.status_code == 409
    assert "截止前本系统不显示任何票数" in early.text


def test_pages_carry_the_policy_and_no_inline_code(vote: OpenVote) -> None:
    for path in ("/", f"/polls/{vote.poll['id']}", f"/polls/{vote.poll['id']}/vote", "/officials", "/institution", "/help"):
        answer = httpx.get(vote.url + path)
        assert answer.status_code == 200
        assert vote.stack.issuer_url in answer.headers["content-security-policy"]
        assert "style=" not in answer.text
        assert "<style" not in answer.text
        assert answer.text.count("<script") == answer.text.count(' integrity="sha384-')


def test_programs_get_json_and_people_get_pages(vote: OpenVote) -> None:
    assert httpx.get(f"{vote.url}/api/no-such-call").json()["error"]["code"]
    assert "没有这个页面" in httpx.get(f"{vote.url}/no-such-page").text
    assert httpx.get(f"{vote.url}/receipts/AAAA-BBBB-CCCC").status_code == 404
