"""All attacks, in groups of their own."""

from __future__ import annotations

from scripts.attacks import contracts, counts, evidence, issuers, logs, openings, pages, receipts, registers, signers
from scripts.attacks.kinds import Attack, Left

ATTACKS: tuple[Attack, ...] = (
    *receipts.ATTACKS,
    *signers.ATTACKS,
    *evidence.ATTACKS,
    *registers.ATTACKS,
    *counts.ATTACKS,
    *logs.ATTACKS,
    *contracts.ATTACKS,
    *issuers.ATTACKS,
    *pages.ATTACKS,
    *openings.ATTACKS,
)
LEFT: tuple[Left, ...] = ()
BY_NAME = {one.name: one for one in ATTACKS}
