"""Officials bind photos to lenders at their desk: the page works out what is signed, and a file that was exchanged is not signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.rig.binding import identity_file
from tests.e2e.eyes import DESK, enter_office, look, press, visitor
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow
TITLE = "绑定照片和身份信息"


def test_an_official_hands_in_and_signs_and_refuses_an_exchanged_file(browser: Browser, vote: OpenVote, tmp_path: Path) -> None:
    first, second = vote.story.officials[:2]
    content = identity_file({1: [b"a photo"], 4: [b"another", b"a third"]})
    path = tmp_path / "identities.jsonl"
    path.write_bytes(content)
    with visitor(browser, DESK) as desk:
        enter_office(desk, f"{vote.url}/officials", first, vote.key_file(first))
        desk.locator("[data-identity-file] summary").click()
        desk.get_by_label("身份绑定文件（.jsonl）").set_input_files(path)
        press(desk, "提交签署")
        card = desk.locator("[data-act-id]", has_text=TITLE)
        card.get_by_text("本页已重新计算：以上内容与待签内容的数字指纹一致。").wait_for()
        assert card.get_by_text("签署前请抽查").is_visible()
        look(desk, "official-identity-file")
        with desk.expect_download() as kept:
            card.get_by_role("link", name="下载文件查看").click()
        assert Path(kept.value.path()).read_bytes() == content

        for photo, words in ((b"a third", "绑定到登记序号：4"), (b"a friend's photo", "文件里没有这张照片")):
            card.get_by_label("抽查一张照片").set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo})
            card.get_by_role("button", name="查对应的序号").click()
            card.get_by_text(words).wait_for()

        exchanged = identity_file({1: [b"a friend's photo"], 4: [b"another", b"a third"]})
        assert len(exchanged) == len(content), "only a hash tells the two apart"
        desk.route("**/identity-file", lambda route: route.fulfill(body=exchanged, content_type="application/jsonl"))
        press(desk, "刷新")
        card.get_by_text("与待签内容的数字指纹不一致，请不要签名").wait_for()
        assert card.get_by_role("button", name="我同意并签名").count() == 0
        desk.unroute("**/identity-file")

        press(desk, "刷新")
        card.get_by_role("button", name="我同意并签名").click()
        card.get_by_text("您已签名").wait_for()
        act = next(act for act in second.api.get(f"/api/acts?case_id={vote.story.case['id']}") if act["status"] == "open")
        assert second.sign_act(act)["status"] == "done"
        press(desk, "刷新")
        desk.locator("li", has_text=f"{TITLE} · 已完成").first.wait_for(state="attached")
