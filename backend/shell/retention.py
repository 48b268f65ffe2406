"""What is deleted by itself, once an hour: the rooms say what has served its purpose."""

from __future__ import annotations

import logging
import threading

from backend.vote.credentials.service import CredentialService
from backend.vote.likenesses.service import LikenessService

FORGET_EVERY_SECONDS = 3600

log = logging.getLogger(__name__)


def forget_round(credentials: CredentialService, likenesses: LikenessService) -> dict[str, int]:
    """Delete what is over; how much of what."""
    return {"codes_deleted": credentials.forget_old_codes(), "likeness_lists_deleted": likenesses.forget_old()}


def keep_forgetting(credentials: CredentialService, likenesses: LikenessService, ending: threading.Event) -> None:
    """Do that at once and every hour until told to end; for a thread of its own."""
    while True:
        try:
            forget_round(credentials, likenesses)
        except Exception:
            log.exception("forgetting what is over")
        if ending.wait(FORGET_EVERY_SECONDS):
            return
