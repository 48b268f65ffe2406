"""The system's browser, for journeys that a program makes as people would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class ChromiumMissing(Exception):
    """There is none on this machine."""


def chromium_path() -> str | None:
    """The system's Chromium, or None."""
    return os.environ.get("LENDERVOTE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def headless() -> Iterator[Browser]:
    """It runs while the block does. Raises: ChromiumMissing."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        raise ChromiumMissing("LENDERVOTE_CHROMIUM names no browser, and none is on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def add_authenticator(page: Page) -> None:
    """A device that keeps passkeys and knows its owner, as phones do; DevTools plays it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})
