"""Six trustees, one of whom drops out at each step: before joining, before dealing, before confirming, and after the close."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

import pytest

from scripts.rig.chain_access import ChainAccess
from scripts.rig.keys import Key
from scripts.rig.seats import Trustee
from scripts.rig.steps import unix
from tests.e2e.eyes import enter_office, look, press, visitor
from tests.e2e.sealing import STEPS, SealedDesk
from tests.e2e.stack import open_vote
from tests.e2e.test_sealed import PATIENCE_SECONDS, others_vote, wait_for_stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

#: At each step the one who is not heard of any more.
GONE = {"entry": 5, "dealing": 4, "confirmation": 3}
MISSING = {"entry": "lawyer (5)", "dealing": "notary (4)", "confirmation": "working group (3)"}


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[SealedDesk]:
    """An official's desk in a case with an admitted plan; `browser` comes first, as in conftest."""
    with open_vote(tmp_path, announce=lambda opened: None) as vote, visitor(browser) as page:
        first = vote.story.officials[0]
        enter_office(page, f"{vote.url}/officials", first, vote.key_file(first))
        yield SealedDesk(page, vote)


def test_a_vote_is_held_though_one_of_six_trustees_drops_out_at_each_step(desk: SealedDesk) -> None:
    desk.appoint()
    for step, seat in GONE.items():
        begin(desk)
        drops_out(desk, step, seat)
        succeeds(desk, seat)
    begin(desk)
    desk.hand_in("entry", range(6))
    close_roll(desk)
    for step in STEPS[1:]:
        desk.hand_in(step, range(6))
    press(desk.page, "刷新")
    desk.page.get_by_text("已完成，可以公告密封表决").wait_for()
    desk.announce()
    others_vote(desk.vote)
    opens_without_a_fourth(desk)


def begin(desk: SealedDesk) -> None:
    desk.seats.take_anew()
    desk.page.locator("summary", has_text="开始密钥仪式").click()
    for seat, name in enumerate(desk.seats.names):
        desk.page.get_by_label(f"第 {seat} 席的名称").fill(name)
    press(desk.page, "开始密钥仪式")
    desk.page.get_by_text("还缺：institution (0)、committee A (1)").wait_for()


def close_roll(desk: SealedDesk) -> None:
    press(desk.page, "刷新")
    press(desk.page, "关闭席位表")
    desk.page.get_by_text("席位表已关闭，等待各席分发").wait_for()


def drops_out(desk: SealedDesk, at: str, seat: int) -> None:
    """All others do what is asked of them; the desk says by name who is missing, and an official ends the ceremony with the reason."""
    page, others = desk.page, [each for each in range(6) if each != seat]
    for step in STEPS:
        desk.hand_in(step, others if step == at else range(6))
        if step == at:
            break
        if step == "entry":
            close_roll(desk)
    press(page, "刷新")
    page.get_by_text(f"还缺：{MISSING[at]}").wait_for()
    page.locator("summary", has_text="终止本次密钥仪式").click()
    page.get_by_label("终止的原因（公开）").fill(f"第 {seat} 席联系不上")
    look(page, f"dropout-{at}-phone")
    page.get_by_role("button", name="终止本次密钥仪式").click()
    page.locator("[data-ceremony-id]").wait_for(state="detached")
    assert desk.shown()["failure"] == f"第 {seat} 席联系不上"


def succeeds(desk: SealedDesk, seat: int) -> None:
    """Somebody else for that seat: all six are appointed anew, under signatures of officials."""
    desk.seats.seats[seat] = Trustee(seat, Key.make(), token_bytes(32))
    page = desk.page
    page.locator("summary", has_text="任命密钥保管人").click()
    field = page.get_by_label("席位（每行一席：名称、空格、签名密钥）")
    field.fill("\n".join(f"{name} {trustee.signer}" for name, trustee in zip(desk.seats.names, desk.seats.seats, strict=True)))
    press(page, "提出任命")
    desk.sign("任命密钥保管人 ·", f"dropout-successor-{seat}-phone")


def opens_without_a_fourth(desk: SealedDesk) -> None:
    """After the close the third seat stays away for good; three others are enough, and every ballot is counted."""
    vote = desk.vote
    ChainAccess(vote.stack.rpc_url).move_to(unix(vote.poll["closes_at"]) + 1)
    for seat in (0, 4, 5):
        desk.publish_share(seat)
    wait_for_stage(vote, "counted")
    progress = counted(desk)
    assert progress["invalid_count"] == 0
    press(desk.page, "刷新")
    desk.page.get_by_text("已计入 {counted}/{lenders} 名出借人的最新一票".format_map(progress)).wait_for()
    look(desk.page, "dropout-counted-phone")


def counted(desk: SealedDesk) -> dict[str, Any]:
    """How far the count is by final blocks, once it is through."""
    for _ in range(PATIENCE_SECONDS):
        progress: dict[str, Any] = desk.api.get(f"/api/polls/{desk.vote.poll['id']}/seal")["progress"]
        if progress["lenders"] > 5 and progress["counted"] == progress["lenders"]:
            return progress
        time.sleep(1)
    pytest.fail(f"the count is {progress}")
