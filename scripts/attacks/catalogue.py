"""All attacks, in groups of their own."""

from __future__ import annotations

from scripts.attacks import counts, evidence, logs, receipts, registers, signers
from scripts.attacks.kinds import Attack, Left

ATTACKS: tuple[Attack, ...] = (
    *receipts.ATTACKS,
    *signers.ATTACKS,
    *evidence.ATTACKS,
    *registers.ATTACKS,
    *counts.ATTACKS,
    *logs.ATTACKS,
)
LEFT: tuple[Left, ...] = ()
BY_NAME = {one.name: one for one in ATTACKS}
