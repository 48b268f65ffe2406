"""Exact bounds on a rate from a count (Clopper and Pearson), for one side, without a statistics library."""

from __future__ import annotations

import math


def upper95(hits: int, trials: int) -> float:
    """The largest rate that would give so few hits in 1 of 20 runs; 1 when nothing was tried."""
    if hits >= trials:
        return 1.0
    low, high = hits / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(hits, trials, middle) > 0.05 else (low, middle)
    return high


def lower95(hits: int, trials: int) -> float:
    """The smallest rate that would give so many hits in 1 of 20 runs."""
    return 0.0 if not trials else 1.0 - upper95(trials - hits, trials)


def _at_most(hits: int, trials: int, rate: float) -> float:
    """Probability of at most so many hits."""
    if rate <= 0.0:
        return 1.0
    if rate >= 1.0:
        return 0.0
    choose = math.lgamma(trials + 1)
    logs = (
        choose - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * math.log(rate) + (trials - k) * math.log1p(-rate)
        for k in range(hits + 1)
    )
    return math.fsum(math.exp(value) for value in logs)
