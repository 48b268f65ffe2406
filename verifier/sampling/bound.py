"""What follows from the findings: the exact one-sided binomial bound of Clopper and Pearson at 99 %, in whole numbers (protocol §4.3)."""

from __future__ import annotations

from math import comb

MILLION = 10**6
#: The bound is too low with at most one chance in so many.
ONE_IN = 100


def bound_millionths(draws: int, wrong: int) -> int:
    """The least share of the register, in millionths, that so few wrong draws speak against; without draws every leaf was looked at."""
    if wrong >= draws:
        return MILLION if wrong else 0
    low, high = 0, MILLION
    while low < high:
        middle = (low + high) // 2
        if _speaks_against(middle, draws, wrong):
            high = middle
        else:
            low = middle + 1
    return low


def bound_fen(millionths: int, total_fen: int) -> int:
    """So many millionths of the register, rounded up."""
    return -(-millionths * total_fen // MILLION)


def _speaks_against(share: int, draws: int, wrong: int) -> bool:
    """Whether with such a share at most `wrong` wrong draws come with a chance of at most one in a hundred."""
    rest = MILLION - share
    chance = sum(comb(draws, found) * share**found * rest ** (draws - found) for found in range(wrong + 1))
    return bool(ONE_IN * chance <= MILLION**draws)
