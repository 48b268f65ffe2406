"""What the steps of the demo hand on to each other."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from scripts.rig.people import Member, Phone
from scripts.rig.processes import Stack


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

    @property
    def dice(self) -> random.Random:
        """The same seed gives the same story."""
        return random.Random(self.seed)
