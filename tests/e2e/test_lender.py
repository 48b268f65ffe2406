"""A lender's whole way on a phone: code, claim, two officials, choice, receipt, change of mind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.e2e.eyes import enter_office, look, press, visitor
from tests.e2e.journeys import ask_officials, choose, go_on_to_check, sign_in, start_code
from tests.e2e.stack import OpenVote
from tests.e2e.steps import count_steps

if TYPE_CHECKING:
    from playwright.sync_api import Browser


pytestmark = pytest.mark.slow


def test_a_lender_votes_and_changes_the_ballot(browser: Browser, vote: OpenVote) -> None:
    first, second = vote.story.officials[0], vote.story.officials[1]
    with visitor(browser) as page:
        page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote")
        page.get_by_label("手机号").wait_for()
        look(page, "lender-1-phone")
        sign_in(page, vote, vote.story.mobiles[0])
        assert page.locator(".checks li.good").count() == 3
        assert page.get_by_text("公布合计后，知情人可能推算出您的金额和选择。").is_visible()
        look(page, "lender-2-claim")
        press(page, "信息无误，下一步")
        page.get_by_text("自由选择：人脸核验、两名工作组人员核对。").wait_for()
        assert not page.get_by_text("核验服务").first.is_visible(), "a poll that names no identity provider shows nothing of any"
        look(page, "lender-3-identity")
        code = ask_officials(page)
        look(page, "lender-4-waiting")
        vote.vouch(first, code)
        page.get_by_text("已有 1 名工作组人员确认").wait_for()

        page.reload()  # a phone call may push the page out of memory: key and request must survive that
        page.get_by_text("已有 1 名工作组人员确认").wait_for()
        assert page.locator("[data-fill='voucher-code']").inner_text() == code
        vote.vouch(second, code)
        page.get_by_role("heading", name="请选择").wait_for()
        assert page.evaluate("sessionStorage.length") == 0, "the key waits no longer than the vouchers do"
        look(page, "lender-5-choice")
        choose(page, "不同意")
        look(page, "lender-6-check")
        page.get_by_role("button", name="确认投“不同意”票").dblclick()
        page.get_by_role("heading", name="投票已提交").wait_for()
        assert page.get_by_text("这张回执签的正是您的票").is_visible()
        number = page.locator("[data-fill='receipt-number']").inner_text()
        look(page, "lender-7-receipt")
        page.locator("[data-fill='status']", has_text=re.compile("已写入区块链|已确认")).wait_for(timeout=60_000)

        press(page, "改票")
        page.get_by_role("heading", name="您已经投过票").wait_for()
        assert page.get_by_text(f"回执 {number}").count() == 1, "a double tap made one ballot"
        look(page, "lender-8-voted")
        press(page, "改票")
        code = ask_officials(page)
        vote.vouch(first, code)
        vote.vouch(second, code)
        choose(page, "同意")
        press(page, "确认投“同意”票")
        page.get_by_role("heading", name="投票已提交").wait_for()
        page.locator("[data-fill='status']", has_text=re.compile("已写入区块链|已确认")).wait_for(timeout=60_000)
        look(page, "lender-9-changed")
        page.get_by_role("link", name="打开核对页面").click()
        page.get_by_role("heading", name="表决票回执").wait_for()
        page.locator(".status", has_text=re.compile("已写入区块链|已确认")).wait_for()
        look(page, "receipt")
        page.goto(f"{vote.url}/receipts?number={number}")
        page.locator(".status", has_text=re.compile("已写入区块链|已确认|已由您后来的票替代")).wait_for()


def test_from_the_link_to_the_receipt_it_is_six_screens_and_nine_taps(browser: Browser, vote: OpenVote, tmp_path: Path) -> None:
    with visitor(browser) as page:
        steps = count_steps(page)
        sign_in(page, vote, vote.story.mobiles[5])
        go_on_to_check(page, vote)
        press(page, "确认投“同意”票")
        page.get_by_role("heading", name="投票已提交").wait_for()
        steps.hold()
        with page.expect_download() as download:
            page.get_by_role("link", name="保存回执图片").click()
        picture = Image.open(download.value.path())
        assert picture.format == "PNG"
        assert picture.width >= 700
        page.locator("[data-fill='status']", has_text=re.compile("已写入区块链|已确认")).wait_for(timeout=60_000)
        page.get_by_text("不经过本网站核对").click()
        look(page, "lender-7-receipt-alone")
        with page.expect_download() as download:
            page.get_by_role("link", name="保存核对文件").click()
        check_file = tmp_path / "ballot.check.json"
        download.value.save_as(check_file)
        with page.expect_download() as download:
            page.get_by_role("link", name="下载离线核对页").click()
        offline = tmp_path / "verify.html"
        download.value.save_as(offline)
        key_code = page.locator("[data-fill='key-code']").inner_text()
    assert re.fullmatch(r"([0-9a-f]{4} ){2}[0-9a-f]{4}", key_code)
    check_alone(browser, vote, offline, check_file, key_code)


def check_alone(browser: Browser, vote: OpenVote, offline: Path, check_file: Path, key_code: str) -> None:
    """The page from the disk asks two nodes and gives each of its answers; what is not in the file the lender types."""
    other_name = vote.stack.rpc_url.replace("127.0.0.1", "localhost")
    with visitor(browser) as page:
        page.goto(offline.as_uri())
        page.get_by_label("核对文件（投票后在回执页保存）").set_input_files(check_file)
        page.get_by_label("案件地址").fill(vote.poll["case_address"])
        page.get_by_label("表决编号").fill(str(vote.poll["number"]))
        page.get_by_label("登记金额").fill(f"{int(json.loads(check_file.read_text())['amount_fen']) / 100:.2f}")
        page.get_by_label("表决密钥前 12 位").fill(key_code)
        page.get_by_label("节点一").fill(vote.stack.rpc_url)
        press(page, "核对")
        page.get_by_text("无法连接").wait_for()
        look(page, "verify-away")
        ask_ground = "getComputedStyle(document.body).backgroundColor"
        day = page.evaluate(ask_ground)
        page.emulate_media(color_scheme="dark")
        assert (day, page.evaluate(ask_ground)) == ("rgb(243, 245, 244)", "rgb(15, 25, 29)"), (
            "the grounds of the other pages, by day and by night"
        )
        page.emulate_media(color_scheme="light")
        page.get_by_label("节点二").fill(other_name)
        press(page, "核对")
        page.get_by_text("一致", exact=True).wait_for()
        assert page.locator("#findings li").count() == 8
        assert page.get_by_text("记录的选择是：同意。").is_visible()
        look(page, "verify-agrees")
        text = page.get_by_label("或粘贴核对文件的内容")
        text.fill(text.input_value().replace('"sequence": 1', '"sequence": 2'))
        press(page, "核对")
        page.get_by_text("不一致", exact=True).wait_for()
        look(page, "verify-differs")
        page.get_by_role("button", name="English").click()
        page.get_by_text("Does not agree", exact=True).wait_for()
        look(page, "verify-differs-en")


def test_an_official_signs_a_voucher_in_the_browser(browser: Browser, vote: OpenVote) -> None:
    official = vote.story.officials[2]
    with visitor(browser) as page, visitor(browser) as desk:
        sign_in(page, vote, vote.story.mobiles[1])
        press(page, "信息无误，下一步")
        code = ask_officials(page)
        enter_office(desk, f"{vote.url}/officials", official, vote.key_file(official))
        card = desk.locator("[data-voucher-id]", has_text=code)
        card.wait_for()
        assert "*" in card.locator("h4").inner_text(), "the desk shows a masked name"
        look(desk, "official-voucher-phone")
        card.get_by_text("居民身份证，号码末位").wait_for()
        masked = card.locator("h4").inner_text()
        card.get_by_role("button", name="查看姓名全称").click()
        in_full = card.locator("[data-name] .stage")
        in_full.wait_for()
        assert (in_full.inner_text()[0], "*" in in_full.inner_text()) == (masked[0], False)
        look(desk, "official-voucher-name-phone")
        card.get_by_label("我已核对本人和证件，核对编码一致").check()
        card.get_by_role("button", name="签署核对证明").click()
        page.get_by_text("已有 1 名工作组人员确认").wait_for()
        vote.vouch(vote.story.officials[0], code)
        choose(page, "弃权")
        press(page, "确认投“弃权”票")
        page.get_by_role("heading", name="投票已提交").wait_for()


def test_a_lender_who_is_unknown_is_told_nothing_and_a_wrong_code_is_said_in_words(browser: Browser, vote: OpenVote) -> None:
    with visitor(browser) as page:
        page.goto(f"{vote.url}/polls/{vote.poll['id']}/vote")
        page.get_by_label("手机号").fill("12099999999")
        press(page, "获取验证码")
        page.get_by_label("6 位验证码").fill("000000")
        press(page, "下一步")
        page.get_by_role("alert").filter(has_text="验证码不正确或已过期").wait_for()
        look(page, "lender-code-wrong")


def test_a_camera_that_does_not_open_is_explained_and_leaves_other_ways(browser: Browser, vote: OpenVote) -> None:
    """The errors are put in by hand: Chromium cannot be brought to a busy camera. What the browser itself plays is in test_no_camera.py."""
    failures = {
        "NotAllowedError": "浏览器没有得到使用相机的许可",
        "NotFoundError": "这台设备没有可用的相机",
        "NotReadableError": "相机正被其他应用占用",
    }
    with visitor(browser) as page:
        sign_in(page, vote, vote.story.mobiles[2])
        press(page, "信息无误，下一步")
        page.get_by_label("我已阅读，同意为本次投票使用我的人脸信息").check()
        for failure, words in failures.items():
            page.evaluate("name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)); }", failure)
            press(page, "同意并打开相机" if failure == "NotAllowedError" else "重新打开相机")
            page.get_by_role("alert").filter(has_text=words).wait_for()
            assert page.get_by_role("button", name="拍照并核验").is_disabled()
            assert page.get_by_label("或者选择一张刚拍的照片").is_visible()
            look(page, f"lender-camera-{failure}")
        press(page, "用其他方式")
        page.get_by_role("button", name="申请核对").wait_for()


def test_a_phone_of_two_lenders_asks_who_is_here_and_signing_out_ends_the_session(browser: Browser, vote: OpenVote) -> None:
    shared = vote.story.mobiles[3]
    assert shared == vote.story.mobiles[4]
    with visitor(browser) as page:
        start_code(page, vote, shared)
        page.get_by_role("heading", name="请确认您是哪一位").wait_for()
        page.locator("#document-end").fill("99999")
        press(page, "下一步")
        page.get_by_role("alert").filter(visible=True).wait_for()
        look(page, "lender-who")
        signs = re.search(r"[0-9]+", page.locator("label[for='document-end']").inner_text())
        document = vote.documents_of(shared)[1]
        page.locator("#document-end").fill(document[-int(signs.group()) :] if signs else document)
        press(page, "下一步")
        page.get_by_role("heading", name="核对您的债权").wait_for()
        press(page, "退出登录")
        page.get_by_role("heading", name="您已退出登录").wait_for()
        page.reload()
        page.get_by_label("手机号").wait_for()
