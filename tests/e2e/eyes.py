"""How the journeys look at a page: phones and desks, screenshots, and what must hold on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp

from scripts.demo.people import Member

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SMALL_TARGET = 44
# A refusal by the service is part of a journey; the browser writes a line for it.
EXPECTED_LINE = "Failed to load resource"

_TOO_SMALL = """least => [...document.querySelectorAll('button, a.button, input, select, textarea, summary, nav a, .tick, .pick')]
  .filter(node => node.offsetParent !== null)
  .filter(node => !(node.matches('input[type=radio], input[type=checkbox]') && node.closest('label')))
  .map(node => [node.outerHTML.slice(0, 90), node.getBoundingClientRect()])
  .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
  .map(([text, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${text}`)"""

_UNLABELLED = """() => [...document.querySelectorAll('input, select, textarea')]
  .filter(node => node.offsetParent !== null && !node.labels.length && !node.getAttribute('aria-label'))
  .map(node => node.outerHTML.slice(0, 90))"""

# Contrast of every visible text with the nearest painted ground behind it (WCAG 2, 1.4.3).
_FAINT = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = node => { for (let at = node; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } return [255, 255, 255]; };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, node = text.parentElement;
    if (!text.textContent.trim() || node.offsetParent === null || node.closest('noscript, template, svg, .skip')) continue;
    const a = light(parse(getComputedStyle(node).color)), b = light(ground(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + text.textContent.trim().slice(0, 30));
  }
  return faint;
}"""


@contextmanager
def visitor(browser: Browser, viewport: dict[str, int] | None = None, **options: Any) -> Iterator[Page]:
    """A page of a new visitor; at the end nothing may have gone wrong in the page itself."""
    size = viewport or PHONE
    phone = size["width"] < 600
    context = browser.new_context(viewport=size, locale=options.pop("locale", "zh-CN"), is_mobile=phone, has_touch=phone, **options)
    context.set_default_timeout(20_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: _note(message, faults))
    try:
        yield page
    finally:
        context.close()
    assert faults == [], "the page itself reported faults"


def _note(message: ConsoleMessage, faults: list[str]) -> None:
    if message.type == "error" and EXPECTED_LINE not in message.text:
        faults.append(message.text)


def look(page: Page, name: str) -> None:
    """Keep a screenshot, and hold the screen to what every screen must keep."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width, f"{name}: the page is wider than the screen"
    assert page.evaluate(_TOO_SMALL, SMALL_TARGET) == [], f"{name}: targets below {SMALL_TARGET} px"
    assert page.evaluate(_UNLABELLED) == [], f"{name}: fields without a label"
    assert page.evaluate(_FAINT) == [], f"{name}: text below 4.5:1"


def press(page: Page, name: str) -> None:
    """Press the visible button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


def enter_office(page: Page, url: str, member: Member, key_file: Path) -> None:
    """Sign in at a desk with password and second factor, and choose the key file."""
    page.goto(url)
    page.get_by_label("用户名").fill(member.name)
    page.get_by_label("密码").fill(member.password)
    # The member has used the present code through the API already; each code opens one session, so the next one is taken.
    page.get_by_label("动态验证码").fill(pyotp.TOTP(member.totp_secret).at(_now(), 1))
    press(page, "登录")
    page.get_by_text("已登录：").wait_for()
    page.get_by_label("签名密钥文件").set_input_files(key_file)
    page.get_by_text("已载入密钥").wait_for()


def _now() -> int:
    from datetime import UTC, datetime

    return int(datetime.now(UTC).timestamp())
