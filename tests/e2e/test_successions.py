"""Nobody is irreplaceable: officials name who comes after them at the desk, and from then on those sign (protocol §24)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from scripts.rig.logins import make_member
from tests.e2e.eyes import enter_office, look, press, visitor
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from scripts.rig.people import Member

pytestmark = pytest.mark.slow
NAME = "DEMO 接任案"


@pytest.fixture(scope="module")
def old(vote: OpenVote) -> list[Member]:
    return [make_member(vote.stack, f"e2e-before-{number}", "official") for number in (1, 2, 3)]


@pytest.fixture(scope="module")
def new(vote: OpenVote) -> list[Member]:
    return [make_member(vote.stack, f"e2e-after-{number}", "official") for number in (1, 2)]


@pytest.fixture(scope="module")
def case(vote: OpenVote, old: list[Member]) -> dict[str, Any]:
    """A rehearsal of its own: its officials go."""
    institution = make_member(vote.stack, "e2e-succeeded-institution", "institution")
    opened: dict[str, Any] = vote.story.admin.api.post(
        "/api/cases",
        {
            "name": NAME,
            "institution": {"name": "DEMO 接任平台", "credit_code": "91999900MA00000019", "signer": institution.key.address},
            "officials": [{"name": m.name, "account_name": m.name, "signer": m.key.address} for m in old],
            "institution_account_name": institution.name,
            "threshold": 2,
            "rehearsal": True,
        },
    )
    for member in old:
        member.sign_in()
    return opened


def test_successors_are_proposed_signed_and_in_office(
    browser: Browser, vote: OpenVote, case: dict[str, Any], old: list[Member], new: list[Member]
) -> None:
    with visitor(browser) as page:
        enter_office(page, f"{vote.url}/officials", old[0], vote.key_file(old[0]))
        propose(page, old[2], new)
        card = page.locator("[data-act-id]", has_text="接任名单")
        card.wait_for()
        card.get_by_text("留任").first.wait_for()
        card.get_by_text("离任").wait_for()
        card.get_by_text("已公告的表决由公告它的成员办理到底").wait_for()
        assert card.get_by_text("本页已重新计算：以上内容与待签内容的数字指纹一致。").is_visible()
        look(page, "official-succession-sign-phone")
        card.get_by_role("button", name="我同意并签名").click()
        card.get_by_text("您已签名").wait_for()
        act = next(act for act in old[1].api.get(f"/api/acts?case_id={case['id']}") if act["status"] == "open")
        assert old[1].sign_act(act)["status"] == "done"
        while not old[1].api.get(f"/api/cases/{case['id']}")["generation"]:
            time.sleep(1)  # the service brings them into office by itself
        press(page, "刷新")
        page.get_by_text("您已不在任").wait_for()
        look(page, "official-succeeded-phone")
    with visitor(browser) as page:
        enter_office(page, f"{vote.url}/officials", new[0], vote.key_file(new[0]))
        page.get_by_text("现任：第 1 届").wait_for()
        page.get_by_text("提出接任名单").wait_for()
        look(page, "official-successor-phone")


def propose(page: Page, stays: Member, new: list[Member]) -> None:
    page.get_by_text("提出接任名单").click()
    form = page.locator('[data-part="succession-form"] form')
    lines = [f"{stays.name}, {stays.key.address}", *(f"{one.name}, {one.name}, {one.key.address}" for one in new)]
    form.locator('[name="officials"]').fill("\n".join(lines))
    form.locator('[name="reason"]').fill("DEMO 换届")
    look(page, "official-succession-form-phone")
    form.get_by_role("button", name="提交成员签署").click()
