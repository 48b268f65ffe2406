"""By an identity provider that the poll names, here the DEMO sandbox of the bank card check: from the announcement to the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.announcing import announce_in_browser
from tests.e2e.eyes import look, press, visitor
from tests.e2e.journeys import choose, sign_in, wait_for_receipt
from tests.e2e.stack import OpenVote, open_vote
from tests.e2e.steps import count_steps
from verifier.issuer.providers.sandbox import CODE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.slow
WAY = "bank_card/sandbox"
PERSON = {"姓名": "DEMO 王小明", "证件号码": "110101199003070134", "银行卡号": "6222020200112230", "银行预留电话": "12099990001"}
NARROW: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def vote(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    """An open poll whose announcement names one of the issuer's two sandboxes, ticked by an official in the browser."""
    with open_vote(tmp_path_factory.mktemp("providers"), announce=partial(announce_in_browser, browser)) as opened:
        yield opened


def put_on_file(vote: OpenVote, index: int) -> None:
    """Officials bind name and number to the lender, the issuer's operator puts them in, kept as a digest."""
    vote.bind(index, person=(PERSON["姓名"], PERSON["证件号码"]))
    body = {"poll": vote.poll["address"], "index": index, "name": PERSON["姓名"], "id_number": PERSON["证件号码"]}
    httpx.post(f"{vote.stack.issuer_url}/v1/identities", json=body, headers=vote.operator).raise_for_status()


def come_to_the_ways(page: Page, vote: OpenVote, mobile: str, *, on_file: bool = True) -> None:
    """From the link to the ways of proving oneself."""
    with page.expect_response(lambda answer: answer.url.endswith("/lender/claim")) as claim:
        sign_in(page, vote, mobile)
    if on_file:
        put_on_file(vote, claim.value.json()["index"])
    press(page, "信息无误，下一步")
    page.get_by_text("人脸核验、两名工作组人员核对、银行卡核验（DEMO 沙箱，不核对真实身份）。").wait_for()


def fill_in(page: Page, **changes: str) -> None:
    for label, text in (PERSON | changes).items():
        page.get_by_label(label, exact=True).fill(text)


def test_a_lender_votes_by_a_provider_that_counts(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser, NARROW) as page:
        sent: list[tuple[str, str]] = []
        page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
        steps = count_steps(page)
        come_to_the_ways(page, vote, vote.story.mobiles[0])
        assert page.get_by_text("柜台核验服务").count() == 0, "the issuer has it, but it does not count for this poll"
        look(page, "lender-3-providers")
        fill_in(page)
        press(page, "我单独同意把以上信息交给所选核验服务，开始核验")
        page.get_by_text("DEMO 沙箱（银行卡四要素核验）").wait_for()
        look(page, "lender-4-provider")
        assert nothing_is_kept(page)
        page.get_by_label("核验码（核验服务没有给出的，不用填）").fill(CODE)
        press(page, "我已完成，继续")
        choose(page, "同意")
        press(page, "确认投“同意”票")
        wait_for_receipt(page)
        steps.hold()
        assert len(steps.taps) < 9, steps.taps
    told = {url for url, body in sent if any(text in body for text in PERSON.values())}
    assert told == {f"{vote.stack.issuer_url}/v1/providers/begin"}, "name and numbers go to the verifier alone"
    entries = httpx.get(f"{vote.stack.issuer_url}/v1/log/entries", headers=vote.operator).json()["entries"]
    assert [entry["way"] for entry in entries if entry["kind"] == "credential"] == [WAY]


def nothing_is_kept(page: Page) -> bool:
    """Neither in a field, nor in what the browser stores for the page."""
    kept: str = page.evaluate(
        "JSON.stringify([...[...document.querySelectorAll('input')].map((field) => field.value), {...sessionStorage}, {...localStorage}])"
    )
    return not any(text in kept for text in PERSON.values())


def test_what_the_verifier_says_is_told_and_the_other_ways_stay(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser, NARROW) as page:
        come_to_the_ways(page, vote, vote.story.mobiles[1])
        fill_in(page, 姓名="DEMO 王大明")
        press(page, "我单独同意把以上信息交给所选核验服务，开始核验")
        page.get_by_role("alert").filter(has_text="姓名或证件号与登记不一致").wait_for()
        assert page.get_by_label("证件号码", exact=True).input_value() == PERSON["证件号码"], "to be corrected, not typed anew"
        page.get_by_label("姓名", exact=True).fill(PERSON["姓名"])
        press(page, "我单独同意把以上信息交给所选核验服务，开始核验")
        page.get_by_label("核验码（核验服务没有给出的，不用填）").fill("999999")
        press(page, "我已完成，继续")
        page.get_by_role("alert").filter(has_text="DEMO 沙箱：视为核验未通过").wait_for()
        assert nothing_is_kept(page)
        look(page, "lender-3-provider-declined")
        fill_in(page)
        press(page, "我单独同意把以上信息交给所选核验服务，开始核验")
        page.get_by_role("heading", name="完成核验").wait_for()
        page.go_back()
        page.get_by_role("heading", name="由核验服务核验").wait_for()
        assert page.get_by_role("button", name="申请核对").is_visible()
        page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote?lang=en")
        page.get_by_role("button", name="All correct, continue").click()
        page.get_by_text("bank card check (DEMO sandbox, checks no real identity)").first.wait_for()
        look(page, "lender-3-providers-en")


def test_who_is_not_on_file_is_sent_to_the_officials(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        come_to_the_ways(page, vote, vote.story.mobiles[2], on_file=False)
        fill_in(page)
        press(page, "我单独同意把以上信息交给所选核验服务，开始核验")
        page.get_by_role("alert").filter(has_text="请由两名工作组人员核对，效力完全相同").wait_for()
        assert page.get_by_role("button", name="申请核对").is_visible()
