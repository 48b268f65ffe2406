"""The system's browser, for journeys that a program makes as people would."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def chromium_path() -> str | None:
    """The system's Chromium, or None."""
    return os.environ.get("LENDERVOTE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def add_authenticator(page: Page) -> None:
    """A device that keeps passkeys and knows its owner, as phones do; DevTools plays it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})
