"""The officials' way to a credential: one pair that does far more of it than others, and ways that drift over days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from backend.ground.common.money import WHOLE_BPS
from backend.watch.flags.rules.bounds import BOUNDS, Bounds
from backend.watch.flags.rules.subjects import Subject

BEIJING_SECONDS = 8 * 3_600
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Seen:
    """Two officials saw a lender: their places in the case's list, and when, in seconds since 1970."""

    index: int
    first: int
    second: int
    at: int


def pairs(seen: Sequence[Seen], bounds: Bounds = BOUNDS) -> Iterator[Subject]:
    """Every pair of officials who see lenders; half days far above the pair's own usual one are visits to a village or a home, and cut."""
    busy = sorted({who for each in seen for who in (each.first, each.second)})
    if len(busy) < 3:
        return
    lenders: dict[tuple[int, int], set[int]] = {pair: set() for pair in combinations(busy, 2)}
    halves: dict[tuple[int, int], Counter[int]] = {pair: Counter() for pair in lenders}
    for each in seen:
        pair = (min(each.first, each.second), max(each.first, each.second))
        lenders[pair].add(each.index)
        halves[pair][(each.at + BEIJING_SECONDS) // bounds.pair_halfday_seconds] += 1
    counts = {pair: _without_visits(list(half.values())) for pair, half in halves.items()}
    for pair, count in counts.items():
        others = sorted(other for key, other in counts.items() if key != pair)
        median = max(1, (others[(len(others) - 1) // 2] + others[len(others) // 2]) // 2)
        facts: dict[str, int | str] = {
            "first": pair[0], "second": pair[1], "lenders": len(lenders[pair]), "counted": count, "median": median, "pairs": len(counts),
        }  # fmt: skip
        beyond = 100 * count - bounds.pair_usual_percent * median
        chance = beyond**2 <= bounds.pair_squared * 100 * bounds.pair_usual_percent * median
        flagged = count >= bounds.pair_least and 100 * count > bounds.pair_times_percent * median and not chance
        figures = {"times_percent": bounds.pair_times_percent, "least": bounds.pair_least}
        yield Subject("pair", f"pair:{pair[0]}:{pair[1]}", tuple(sorted(lenders[pair])), facts, figures, flagged)


def _without_visits(halves: Sequence[int]) -> int:
    usual = sorted(halves)[len(halves) // 2] if halves else 0
    return sum(min(many, 2 * usual + 2) for many in halves)


@dataclass(frozen=True, slots=True)
class DayOfWays:
    """One day: credentials in all, and how many of them of the kind that is looked at."""

    day: int
    all: int
    some: int


def drift(rule: str, days: Iterable[DayOfWays], bounds: Bounds = BOUNDS) -> Iterator[Subject]:
    """Every day from which on the share may have changed: medians of the days before and after, so that one visit moves neither."""
    full = sorted((day for day in days if day.all >= bounds.drift_day_least), key=lambda day: day.day)
    for place in range(bounds.drift_days_least, len(full) - bounds.drift_days_least + 1):
        before, after = full[:place], full[place:]
        was, now = _median(before), _median(after)
        squared = _squared(before, after)
        facts: dict[str, int | str] = {"day": full[place].day, "before_bps": was, "after_bps": now, "days": len(full)}
        figures = {"bps": bounds.drift_bps, "squared": squared, "squared_most": bounds.drift_squared}
        flagged = abs(now - was) >= bounds.drift_bps and squared >= bounds.drift_squared
        yield Subject(rule, f"{rule}:{full[place].day}", (), facts, figures, flagged)


def sharpest(found: Iterable[Subject]) -> list[Subject]:
    """Of the days around one change only the sharpest stays flagged."""
    everything = list(found)
    flagged = [subject for subject in everything if subject.flagged]
    best = max(flagged, key=lambda subject: subject.bounds["squared"], default=None)
    return [subject for subject in everything if not subject.flagged or subject is best]


def night(moments: Mapping[int, int], bounds: Bounds = BOUNDS) -> Iterator[Subject]:
    """Ballots between midnight and five in Beijing, by night; `moments`: index to seconds since 1970."""
    nights: dict[int, list[int]] = {}
    for index, at in moments.items():
        day, second = divmod(at + BEIJING_SECONDS, DAY_SECONDS)
        if bounds.night_from <= second // 3_600 < bounds.night_to:
            nights.setdefault(day, []).append(index)
    totals = Counter((at + BEIJING_SECONDS) // DAY_SECONDS for at in moments.values())
    for day, indexes in sorted(nights.items()):
        facts: dict[str, int | str] = {"day": day, "ballots": len(indexes), "of_day": totals[day]}
        flagged = len(indexes) >= bounds.night_least and WHOLE_BPS * len(indexes) >= bounds.night_bps * totals[day]
        figures = {"bps": bounds.night_bps, "least": bounds.night_least}
        yield Subject("night", f"night:{day}", tuple(sorted(indexes)), facts, figures, flagged)


def _median(days: Sequence[DayOfWays]) -> int:
    shares = sorted(WHOLE_BPS * day.some // day.all for day in days)
    return (shares[(len(shares) - 1) // 2] + shares[len(shares) // 2]) // 2


def _squared(before: Sequence[DayOfWays], after: Sequence[DayOfWays]) -> int:
    """The square of the difference of two shares in units of its spread, rounded down."""
    first, second = sum(day.all for day in before), sum(day.all for day in after)
    some, other = sum(day.some for day in before), sum(day.some for day in after)
    whole, both = first + second, some + other
    if both in (0, whole):
        return 0
    return (some * second - other * first) ** 2 * whole // (first * second * both * (whole - both))
