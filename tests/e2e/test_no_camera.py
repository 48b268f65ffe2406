"""A camera that the browser itself does not open, refused or not there; one that is busy, which no browser plays, is in test_lender.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import ready_to_browse
from tests.e2e.eyes import look, press, visitor
from tests.e2e.journeys import choose, sign_in
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow
FAKE = "--use-fake-device-for-media-stream"
# What Chromium is started with, what the lender allows, whose phone it is, and what the page then says.
CASES = {
    "refused": ([FAKE], ["geolocation"], 14, "浏览器没有得到使用相机的许可"),
    "none": ([f"{FAKE}=device-count=0"], ["camera"], 6, "这台设备没有可用的相机"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_camera_that_the_browser_does_not_open_leaves_the_other_way(browser: Browser, vote: OpenVote, case: str) -> None:
    arguments, allowed, place, words = CASES[case]
    started = browser.browser_type.launch(executable_path=ready_to_browse(), args=["--no-sandbox", *arguments])
    try:
        with visitor(started, permissions=allowed) as page:
            sign_in(page, vote, vote.story.mobiles[place])
            press(page, "信息无误，下一步")
            page.get_by_label("我已阅读，同意为本次投票使用我的人脸信息").check()
            press(page, "同意并打开相机")
            page.get_by_role("alert").filter(has_text=words).wait_for()
            assert page.get_by_role("button", name="重新打开相机").is_visible()
            assert page.get_by_role("button", name="拍照并核验").is_disabled()
            look(page, f"lender-camera-{case}")
            press(page, "用其他方式")
            page.locator("[data-form='officials'] .pick").first.click()
            press(page, "申请核对")
            code = page.locator("[data-fill='voucher-code']")
            code.wait_for()
            for official in vote.story.officials[:2]:
                vote.vouch(official, code.inner_text())
            choose(page, "同意")
    finally:
        started.close()
