"""Ceremonies as other rooms and the pages see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.case.trustees.rules import Head
from backend.case.trustees.status import ASKED_FOR, CeremonyStatus, Step
from backend.ground.chain.sealed_types import SealKey

Paper = Mapping[str, Any]


@dataclass(frozen=True)
class SeatView:
    """One seat: who holds it, and its papers as they were handed in."""

    seat: int
    name: str
    signer: bytes
    papers: Mapping[Step, Paper | None]

    @property
    def line(self) -> dict[str, Any]:
        """The seat's line of the roll, without its signature."""
        entry = self.papers[Step.ENTRY] or {}
        return {"key": entry.get("key"), "seat": self.seat, "transport": entry.get("transport")}


@dataclass(frozen=True)
class CeremonyView:
    """One ceremony; `seal_key` from the last dealing on, `failure` in the words of whoever ended it."""

    id: str
    case_id: str
    head: Head
    status: CeremonyStatus
    seats: tuple[SeatView, ...]
    roll_hash: bytes | None
    seal_key: SealKey | None
    failure: str
    complaint: Paper | None
    begun_at: datetime
    ended_at: datetime | None

    @property
    def missing(self) -> tuple[SeatView, ...]:
        """The seats whose paper is waited for now."""
        step = ASKED_FOR.get(self.status)
        return tuple(seat for seat in self.seats if step is not None and seat.papers[step] is None)

    @property
    def missing_names(self) -> str:
        """Their names, to be said in a sentence."""
        return "、".join(f"{seat.name} ({seat.seat})" for seat in self.missing)


@dataclass(frozen=True)
class Confirmation:
    """One seat's two signatures over the seal key."""

    share: bytes
    identity: bytes


@dataclass(frozen=True)
class CompleteCeremony:
    """What a sealed poll is announced with."""

    id: str
    number: int
    seal_key: SealKey
    signers: tuple[bytes, ...]
    names: tuple[str, ...]
    confirmations: tuple[Confirmation, ...]
    transcript: bytes
