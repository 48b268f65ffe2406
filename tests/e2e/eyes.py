"""How the journeys look at a page: phones and desks, screenshots, and what must hold on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp
import pytest

from scripts.rig.people import Member
from tests.e2e.figures import FIGURES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
# A refusal by the service is part of a journey; the browser writes a line for it.
EXPECTED_LINE = "Failed to load resource"

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK_AXE = """async (tags) => {
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""
#: One expression; a formatter ends it like a statement.
CHECKS = (Path(__file__).parent / "screen.js").read_text().rstrip().removesuffix(";")
PROMISES = {
    "tooWide": "the page is wider than the screen",
    "tooSmall": "targets too small for a finger",
    "unlabelled": "fields without a label",
    "faint": "text below 4.5:1",
}


TARGET, ELDER_TARGET = 43.5, 59.5
"""Pixels of a finger's target: 44, in the elder view 60, less what rounding takes."""


@contextmanager
def visitor(browser: Browser, viewport: ViewportSize | None = None, **options: Any) -> Iterator[Page]:
    """A page of a new visitor; at the end nothing may have gone wrong in the page itself."""
    size = viewport or PHONE
    phone = size["width"] < 600
    options.setdefault("reduced_motion", "reduce")  # colours that change over a moment would be measured in between
    context = browser.new_context(viewport=size, locale=options.pop("locale", "zh-CN"), is_mobile=phone, has_touch=phone, **options)
    context.set_default_timeout(60_000)  # on a busy machine a page may take long; what is wrong stays wrong
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: _note(message, faults))
    try:
        yield page
    except BaseException:
        print(f"{page.url}\n{page.locator('main').inner_text()}\n{faults}")
        raise
    finally:
        context.close()
    assert faults == [], "the page itself reported faults"


def _note(message: ConsoleMessage, faults: list[str]) -> None:
    if message.type == "error" and EXPECTED_LINE not in message.text:
        faults.append(message.text)


def look(page: Page, name: str) -> None:
    """Keep screenshots, and hold the screen to what every screen must keep: by day, by night, in the elder view, narrower, and enlarged."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    hold(page, name)
    page.emulate_media(color_scheme="dark")
    hold(page, f"{name}-dark")
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.classList.add('elder')")
    hold(page, f"{name}-elder", ELDER_TARGET)
    page.evaluate("document.documentElement.classList.remove('elder')")
    narrow(page, name)


def hold(page: Page, name: str, target: float = TARGET) -> None:
    """A screenshot of the screen as it stands, our own checks, and axe-core's."""
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    for check, promise in PROMISES.items():
        found = page.evaluate(f"({CHECKS}).{check}({target if check == 'tooSmall' else ''})")
        assert found == [], f"{name}: {promise}: {found}"
    violations = axe_violations(page)
    FIGURES["looked_at"] += 1
    FIGURES["axe_violations"] += len(violations)
    assert violations == [], f"{name}: axe-core: {violations}"


def narrow(page: Page, name: str) -> None:
    """No screen is wider than a small phone or a tablet, nor when the reader doubles the size of all text."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({**size, "width": 360 if size["width"] < 600 else 768})
    for words, style in (("narrow", ""), ("enlarged", "200%")):
        page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", style)
        found = page.evaluate(f"({CHECKS}).tooWide()")
        assert found == [], f"{name}, {words}: {PROMISES['tooWide']}: {found}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(size)


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA on the page as it stands, one line each."""
    if not AXE.exists():
        pytest.skip("needs axe-core: run `make setup`")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text() + ";0")  # through the protocol, since the page's own policy lets no foreign script in
    found: list[str] = page.evaluate(ASK_AXE, STANDARDS)
    return found


def press(page: Page, name: str) -> None:
    """Press the visible button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


def enter_office(page: Page, url: str, member: Member, key_file: Path) -> None:
    """Sign in at a desk, and choose the key file."""
    sign_in_office(page, url, member)
    page.get_by_label("签名密钥文件").set_input_files(key_file)
    page.get_by_text("已载入密钥").wait_for()


def sign_in_office(page: Page, url: str, member: Member) -> None:
    """Sign in at a desk with password and second factor."""
    page.goto(url)
    page.get_by_label("用户名").fill(member.name)
    page.get_by_label("密码", exact=True).fill(member.password)
    # The member has used the present code through the API already; each code opens one session, so the next one is taken.
    page.get_by_label("动态码").fill(pyotp.TOTP(member.totp_secret).at(_now() + 30))
    press(page, "登录")
    page.get_by_text("已登录：").wait_for()


def _now() -> int:
    from datetime import UTC, datetime

    return int(datetime.now(UTC).timestamp())
