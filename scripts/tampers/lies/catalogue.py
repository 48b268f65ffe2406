"""All lies of forged bundles."""

from __future__ import annotations

from scripts.tampers.lies import (
    bundles,
    cases,
    codes,
    conditions,
    counts,
    excuses,
    logs,
    outsiders,
    ranges,
    registers,
    relays,
    results,
    sample,
    sealed,
    states,
    successions,
)
from scripts.tampers.lies.kinds import Lie

LIES: tuple[Lie, ...] = (
    *bundles.LIES,
    *cases.LIES,
    *codes.LIES,
    *registers.LIES,
    *ranges.LIES,
    *sample.LIES,
    *conditions.LIES,
    *counts.LIES,
    *results.LIES,
    *relays.LIES,
    *excuses.LIES,
    *states.LIES,
    *logs.LIES,
    *sealed.LIES,
    *successions.LIES,
    *outsiders.LIES,
)
VOID: tuple[Lie, ...] = (*results.VOID, *relays.VOID, *logs.VOID, *outsiders.VOID)
