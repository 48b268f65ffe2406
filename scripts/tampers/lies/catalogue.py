"""All lies of forged bundles."""

from __future__ import annotations

from scripts.tampers.lies import bundles, cases, counts, registers, relays, states
from scripts.tampers.lies.kinds import Lie

LIES: tuple[Lie, ...] = (*bundles.LIES, *cases.LIES, *registers.LIES, *counts.LIES, *relays.LIES, *states.LIES)
VOID: tuple[Lie, ...] = relays.VOID
