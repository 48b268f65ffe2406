"""What is deleted by itself, once an hour: the rooms say what has served its purpose."""

from __future__ import annotations

from backend.ground.common.rounds import Rounds
from backend.vote.credentials.service import CredentialService
from backend.vote.likenesses.service import LikenessService
from backend.watch.flags.service import FlagService

FORGET_EVERY_SECONDS = 3600


def forget_round(credentials: CredentialService, likenesses: LikenessService, flags: FlagService) -> dict[str, int]:
    """Delete what is over; how much of what."""
    return {
        "codes_deleted": credentials.forget_old_codes(),
        "likeness_lists_deleted": likenesses.forget_old(),
        "flags_deleted": flags.forget_old(),
    }


def forgetting(credentials: CredentialService, likenesses: LikenessService, flags: FlagService) -> Rounds:
    """That, at once and every hour."""
    return Rounds(name="retention", work=lambda: forget_round(credentials, likenesses, flags), every_seconds=FORGET_EVERY_SECONDS)
