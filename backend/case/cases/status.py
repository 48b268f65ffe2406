"""Where an official act stands, and a generation of officials."""

from __future__ import annotations

from enum import StrEnum


class ActStatus(StrEnum):
    """Where an official act stands."""

    OPEN = "open"
    """Proposed; signatures are collected."""
    SENT = "sent"
    """Signed by enough; the chain's word is awaited."""
    DONE = "done"
    FAILED = "failed"
    """The chain refused it, or it could not be sent."""
    WITHDRAWN = "withdrawn"


class GenerationStatus(StrEnum):
    """Where those stand whom a succession names."""

    WAITING = "waiting"
    """Announced on the chain; not in office yet."""
    COMPLETED = "completed"
    """In office, or formerly so."""
    WITHDRAWN = "withdrawn"
