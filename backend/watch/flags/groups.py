"""Groups in which error rates of flags are told: age band, province of the identity number, and way to the credential."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

UNKNOWN = "unknown"


def band(age: int) -> str:
    """Of years of age; 0 is not known."""
    if age <= 0:
        return UNKNOWN
    return "under_40" if age < 40 else "80_up" if age >= 80 else f"{age // 10 * 10}_{age // 10 * 10 + 9}"


def groups_of(lenders: Iterable[tuple[int, str, str]]) -> dict[str, int]:
    """How many of which group; a lender is (age, province, way), the way blank where there is no poll."""
    counts: Counter[str] = Counter()
    for age, region, way in lenders:
        counts["age:" + band(age)] += 1
        counts["region:" + (region or UNKNOWN)] += 1
        if way:
            counts["way:" + way] += 1
    return dict(sorted(counts.items()))


def added(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Sums by group."""
    counts: Counter[str] = Counter()
    for one in several:
        counts.update(one)
    return dict(sorted(counts.items()))
