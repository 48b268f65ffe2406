"""What the steps of the demo hand on to each other."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from scripts.rig.people import Member, Phone
from scripts.rig.processes import Stack
from scripts.rig.seats import Seats

DAY = 86_400


@dataclass(frozen=True)
class Periods:
    """How long before the opening a poll is announced, how long it is open, and how long its result may be challenged, in seconds. Where
    the chain's clock cannot be moved they are lived through."""

    notice: int = 15 * DAY + 3600
    window: int = 7 * DAY
    challenge: int = 4 * DAY


@dataclass
class Vote:
    """What the steps hand on to each other."""

    stack: Stack
    seed: int
    admin: Member
    officials: list[Member]
    institution: Member
    mobiles: list[str]
    case: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    poll: dict[str, Any] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    voters: list[Phone] = field(default_factory=list)
    revotes: int = 0
    by_face: int = 0
    sessions: int = 0
    face_then_officials: int = 0
    direct: int = 0
    seats: Seats | None = None
    """The case's trustees, once they are appointed."""
    ceremony: dict[str, Any] = field(default_factory=dict)
    """The newest key ceremony, as everybody is shown it."""
    shares: int = 0
    nonsense: list[int] = field(default_factory=list)
    """Indexes of lenders who sealed what is no choice."""
    told: int = 1
    """Steps told so far; the register is written before there is a vote."""
    periods: Periods = Periods()

    @property
    def is_sealed(self) -> bool:
        """Whether the poll is one."""
        return self.poll.get("sealing") is not None

    @property
    def dice(self) -> random.Random:
        """The same seed gives the same story."""
        return random.Random(self.seed)
