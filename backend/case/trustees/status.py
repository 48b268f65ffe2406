"""Where a ceremony stands, and what a seat hands in."""

from __future__ import annotations

from enum import StrEnum


class CeremonyStatus(StrEnum):
    """Where a ceremony stands."""

    JOINING = "joining"
    """Seats give their keys; nobody may join later."""
    DEALING = "dealing"
    """The roll is closed; every seat deals."""
    CONFIRMING = "confirming"
    """The key is there; every seat checks and confirms it."""
    COMPLETE = "complete"
    USED = "used"
    """A poll was announced with it."""
    FAILED = "failed"


class Step(StrEnum):
    """What a seat hands in, once each."""

    ENTRY = "entry"
    DEALING = "dealing"
    CONFIRMATION = "confirmation"


UNDERWAY = (CeremonyStatus.JOINING, CeremonyStatus.DEALING, CeremonyStatus.CONFIRMING)
ASKED_FOR = {
    CeremonyStatus.JOINING: Step.ENTRY,
    CeremonyStatus.DEALING: Step.DEALING,
    CeremonyStatus.CONFIRMING: Step.CONFIRMATION,
}
"""Which paper is waited for in which state."""
