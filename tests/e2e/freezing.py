"""Officials check a register with their own tool, as the desk tells them to, before they sign its freeze."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[2]
SIGN = "我同意并签名"


@dataclass
class ToolRun:
    """What the tool said."""

    status: int
    said: str

    @property
    def found(self) -> dict[str, Any]:
        """The last line."""
        read: dict[str, Any] = json.loads(self.said.splitlines()[-1])
        return read

    @property
    def code(self) -> str:
        """The check code in its lines for people; nothing where none was printed."""
        return next((line.partition(": ")[2] for line in self.said.splitlines() if line.startswith("核对码: ")), "")


def freeze_card(page: Page) -> Locator:
    """The freeze that waits for a signature."""
    card = page.locator("[data-act-id]", has_text="冻结债权登记表")
    card.wait_for()
    return card


def download_all(page: Page, card: Locator, folder: Path) -> str:
    """Claims file, openings and act into a folder, as the browser saves them; gives the password that the page shows."""
    for button in ("下载登记表原件", "下载明细文件", "下载待签事项", "下载范围证明"):
        with page.expect_download() as waiting:
            card.get_by_role("button", name=button).click()
        waiting.value.save_as(folder / waiting.value.suggested_filename)
    password = card.locator("[data-password]")
    password.wait_for()
    return password.inner_text()


def run_tool(card: Locator, folder: Path, password: str) -> ToolRun:
    """The command of the page, in the folder with the files."""
    words = shlex.split(card.locator("[data-command]").inner_text())
    assert words[:3] == ["python", "-m", "verifier.register"]
    environment = {**os.environ, "LENDERVOTE_OPENINGS_PASSWORD": password, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *words[1:], "--json"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    return ToolRun(done.returncode, done.stdout)


def type_code(card: Locator, code: str) -> Locator:
    """Type a code; gives the button that it may have unlocked."""
    card.get_by_label("输入核对码").fill(code)
    return card.get_by_role("button", name=SIGN)
