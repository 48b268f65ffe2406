"""All attacks, in groups of their own."""

from __future__ import annotations

from scripts.attacks import receipts
from scripts.attacks.kinds import Attack, Left

ATTACKS: tuple[Attack, ...] = (*receipts.ATTACKS,)
LEFT: tuple[Left, ...] = ()
BY_NAME = {one.name: one for one in ATTACKS}
