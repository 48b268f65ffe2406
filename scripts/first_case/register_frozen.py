"""The claims register: imported by the institution, checked by officials with a tool of their own, frozen by their signatures."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.first_case.browser import Desk
from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import INSTITUTION, OFFICIAL, ROOT
from scripts.first_case.terminal import PASSWORD, CommandFailed
from scripts.first_case.terminal import run as run_on_terminal

if TYPE_CHECKING:
    from playwright.sync_api import Locator

SIGN = "我同意并签名"
FREEZE = "冻结债权登记表"
FILES_TO_CHECK = ("下载登记表原件", "下载明细文件", "下载待签事项", "下载范围证明")


def import_register(run: CaseRun) -> None:
    """A dry run, then the import."""
    desk = run.desks["institution"]
    with run.record.step("the claims file tried", INSTITUTION, "系统逐行检查，**不保存任何内容**"):
        desk.press("刷新")
        desk.page.get_by_label("登记表文件（xlsx 或 csv）").set_input_files(run.claims)
        desk.press("试导入")
        desk.see("检查通过，可以正式导入。")
    with run.record.step("the claims file imported", INSTITUTION, "同一证件号码的多个账户合并为一人一票"):
        desk.press("正式导入")
        desk.see("已导入，可以冻结。")


def freeze_register(run: CaseRun) -> None:
    """Proposed by one official; each runs the tool and signs."""
    first, second = run.signing_officials
    with run.record.step("key file of the second official loaded", OFFICIAL, "签名前在页面中选择文件并输入密码"):
        second.press("刷新")
        run.people["official-2"].load_key(second)
    with run.record.step("the freeze proposed", OFFICIAL, "与机构账目核对合计金额"):
        first.press("刷新")
        first.unfold("审查登记表")
        first.press("提出冻结登记表")
        card_of(first, FREEZE)
    for who, desk in (("official-1", first), ("official-2", second)):
        with run.record.step(f"the register checked and signed: {who}", OFFICIAL, "核对码与待签内容一致，才能签名"):
            desk.press("刷新")
            card = card_of(desk, FREEZE)
            code = check_code(run, desk, card, who)
            card.get_by_label("输入核对码").fill(code)
            sign(desk, card)
    with run.record.step("the register frozen on the chain", OFFICIAL, "达到规定人数后写入区块链，冻结后不能更改"):
        first.press("刷新")
        first.see("已冻结并写入区块链。")


def card_of(desk: Desk, title: str) -> Locator:
    """The act that waits for a signature."""
    card = desk.page.locator("[data-act-id]", has_text=title).first
    card.wait_for()
    return card


def sign(desk: Desk, card: Locator) -> None:
    """After the page has worked out itself what is to be signed."""
    card.get_by_text("本页已重新计算：以上内容与待签内容的数字指纹一致。").wait_for()
    desk.press(SIGN, card)
    # Signed and waiting for others, or the last that was needed: either way there is nothing left to sign.
    card.get_by_role("button", name=SIGN, exact=True).wait_for(state="detached")


def check_code(run: CaseRun, desk: Desk, card: Locator, who: str) -> str:
    """Three files into a folder of the official's own, and the page's command there. Raises: CommandFailed when it gives no code."""
    folder = run.places.folder / "people" / f"{who}-register"
    folder.mkdir(parents=True)
    for label in FILES_TO_CHECK:
        file = desk.download(label, card)
        file.save_as(folder / file.suggested_filename)
    password = card.locator("[data-password]")
    password.wait_for()
    done = run_tool(run, card.locator("[data-command]").inner_text(), folder, password.inner_text())
    codes = [line.partition(": ")[2] for line in done.splitlines() if line.startswith("核对码: ")]
    if len(codes) != 1:
        raise CommandFailed(f"the tool gave no check code: {done[-1000:]}")
    return codes[0].strip()


def run_tool(run: CaseRun, command: str, folder: Path, password: str) -> str:
    """As the manual says: `python` is the one of the environment with the sources."""
    words = shlex.split(command)
    run.record.now.follow_command(documented(words))
    if words[words.index("--case") + 1].lower() != run.case_address:
        raise CommandFailed(f"the page's case is not the one on paper: {command}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LENDERVOTE_")} | {"PYTHONPATH": str(ROOT)}
    done = run_on_terminal([sys.executable, *words[1:]], environment, folder, [(PASSWORD, password)])
    if done.status:
        raise CommandFailed(f"{command} ended with {done.status}: {done.printed[-1000:]}{done.asked[-500:]}")
    return done.printed


def documented(words: list[str]) -> str:
    """The page's command with the manual's words for what differs from case to case."""
    put = {"--case": "0x...", "--chain-id": "N", "--register-number": "0"}
    shown = [put.get(words[place - 1], word) if place else ".venv/bin/python" for place, word in enumerate(words)]
    return " ".join(shown)
