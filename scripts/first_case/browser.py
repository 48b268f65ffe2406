"""Chromium as people use it: what is pressed is counted, and every button has to stand in the manual of whoever presses it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.first_case.places import PAGES
from scripts.first_case.record import Record
from scripts.first_case.world import World
from scripts.rig.chromium import add_authenticator, chromium_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PHONE, COMPUTER = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
#: A page waits for blocks of the chain and for the identity verifier.
PATIENCE_MS = 90_000
REFRESH = "刷新"
#: Every press, wherever it goes; a label's own press on its box is none of its own.
WATCH = 'document.addEventListener("pointerdown", (event) => event.isTrusted && noteClick(), true);'


class ChromiumMissing(Exception):
    """There is no browser on this machine."""

    def __init__(self) -> None:
        super().__init__("Chromium is not installed; on Debian: apt-get install chromium")


@contextmanager
def open_browser(world: World) -> Iterator[Browser]:
    """Raises: ChromiumMissing."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        raise ChromiumMissing
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=world.chromium_flags)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Desk:
    """One person's browser, and the manual that this person reads."""

    record: Record
    page: Page
    manual: str

    @classmethod
    def of(cls, browser: Browser, record: Record, manual: str, *, phone: bool = False, passkeys: bool = False) -> Desk:
        """A browser of somebody's own, with nothing in it."""
        size: Any = PHONE if phone else COMPUTER
        context = browser.new_context(viewport=size, locale="zh-CN", is_mobile=phone, has_touch=phone, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)

        def note() -> None:
            record.clicks += 1

        context.expose_function("noteClick", note)
        context.add_init_script(WATCH)
        page = context.new_page()
        if passkeys:
            add_authenticator(page)
        return cls(record, page, manual)

    def open(self, path: str, *, documented: bool = True) -> None:
        """Open a page of the vote's own address. `documented` false: the address was told on paper or by another page."""
        if documented:
            self.record.now.follow_command(path, self.manual)
        self.page.goto(f"https://{PAGES}{path}")

    def press(self, label: str, within: Locator | None = None) -> None:
        """Press the button of this name."""
        self._named(label)
        (within or self.page).get_by_role("button", name=label, exact=True).first.click()
        if label == REFRESH:  # what is pressed before the desk is drawn anew is gone with it
            self.page.locator('[data-act="refresh"]:enabled').wait_for()

    def follow(self, label: str) -> None:
        """Follow the link of this name."""
        self._named(label)
        self.page.get_by_role("link", name=label).first.click()

    def unfold(self, label: str) -> None:
        """Open the part of this name; nothing where it is open."""
        self._named(label)
        part = self.page.locator("details", has=self.page.locator("summary", has_text=label)).first
        part.wait_for()
        if not part.evaluate("node => node.open"):
            part.locator("summary").first.click()

    def tick(self, label: str, within: Locator | None = None) -> None:
        """Tick a box."""
        (within or self.page).get_by_label(label).first.check()

    def fill(self, label: str, text: str, within: Locator | None = None) -> None:
        """Type into the field of this name."""
        (within or self.page).get_by_label(label).first.fill(text)

    def see(self, text: str) -> None:
        """Wait for words."""
        self.page.get_by_text(text).first.wait_for()

    def download(self, label: str, within: Locator | None = None) -> Any:
        """Press a button or follow a link that hands out a file."""
        self._named(label)
        place = within or self.page
        with self.page.expect_download() as waiting:
            place.get_by_role("button", name=label).or_(place.get_by_role("link", name=label)).first.click()
        return waiting.value

    def _named(self, label: str) -> None:
        self.record.now.follow_button(label, self.manual)


def keep_screens(browser: Browser, folder: Path) -> None:
    """What every open page shows, as a picture and as text, for whoever looks into a failure."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(page for context in browser.contexts for page in context.pages):
        with contextlib.suppress(Exception):  # a page that is broken must not hide why
            (folder / f"{number}.txt").write_text(f"{page.url}\n{page.locator('body').inner_text(timeout=3000)}", "utf-8")
            page.screenshot(path=folder / f"{number}.png", full_page=True, timeout=10_000)
