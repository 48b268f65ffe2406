"""All attacks, in groups of their own, and those that the system does not stop by itself."""

from __future__ import annotations

from scripts.attacks import (
    contracts,
    counts,
    evidence,
    issuers,
    logs,
    openings,
    pages,
    receipts,
    registers,
    services,
    signers,
    steering,
)
from scripts.attacks.kinds import Attack
from scripts.attacks.left import LEFT

ATTACKS: tuple[Attack, ...] = (
    *receipts.ATTACKS,
    *signers.ATTACKS,
    *evidence.ATTACKS,
    *registers.ATTACKS,
    *counts.ATTACKS,
    *logs.ATTACKS,
    *openings.ATTACKS,
    *contracts.ATTACKS,
    *issuers.ATTACKS,
    *pages.ATTACKS,
    *steering.ATTACKS,
    *services.ATTACKS,
)
BY_NAME = {one.name: one for one in ATTACKS}

__all__ = ["ATTACKS", "BY_NAME", "LEFT"]
