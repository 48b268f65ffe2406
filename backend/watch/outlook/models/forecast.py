"""The forecast of one loan book, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backend.watch.outlook.models.backtest import CANDIDATES, LEVEL, Backtest, backtest, recent_counts, spread
from backend.watch.outlook.models.collapse import SILENT_MONTHS, SUSPECTED, stop_factor
from backend.watch.outlook.models.hazards import METHODS
from backend.watch.outlook.models.loans import CLOSED, PAYING, STOPPED, Loans
from backend.watch.outlook.models.returns import expected, recovery_share

FEWEST_LOANS = 200
HISTORY_MONTHS = 24
"""Loans must have been made so long ago: a year to learn from, and one to test on."""
ENDS_A_MONTH = 10.0
"""Where so many loans of an average month end, a month in which none does was left out of the book."""


@dataclass(frozen=True)
class BookFacts:
    """The month as of which the book is, how many grades it has, and the month in which payments collapsed, where they did."""

    as_of: int
    grades: int
    collapsed: int | None = None


@dataclass(frozen=True)
class Number:
    """Of the unpaid principal, the share that comes back, its interval, and the cumulative share by month, with theirs."""

    share: float
    low: float
    high: float
    by_month: tuple[tuple[float, float, float], ...]
    method: str
    recovery_share: float
    stop_factor: float
    tested: Backtest | None


@dataclass(frozen=True)
class Forecast:
    """A number, or the reason why there is none and the figures that the reason names."""

    number: Number | None
    reason: str = ""
    facts: tuple[tuple[str, int], ...] = ()


def forecast(loans: Loans, facts: BookFacts) -> Forecast:
    """The same for the same book; the reasons why there is none are those of `_reasons`."""
    reason = next(_reasons(loans, facts), None)
    return reason or _number(loans, facts, _start(facts))


def _start(facts: BookFacts) -> int:
    return facts.as_of if facts.collapsed is None else facts.collapsed


def _reasons(loans: Loans, facts: BookFacts) -> Iterator[Forecast]:
    start = _start(facts)
    if len(loans) < FEWEST_LOANS:
        yield Forecast(None, "few_loans", (("loans", len(loans)), ("needed", FEWEST_LOANS)))
    if len(np.unique(loans.grade)) < 2:
        yield Forecast(None, "one_grade")
    if not (loans.balance() > 0).any():
        yield Forecast(None, "nothing_unpaid")
    if (months := int(start - loans.issued.min())) < HISTORY_MONTHS:
        yield Forecast(None, "short_history", (("months", months), ("needed", HISTORY_MONTHS)))
    if facts.collapsed is not None and facts.as_of - facts.collapsed < SILENT_MONTHS:
        yield Forecast(None, "collapse_new", (("months", facts.as_of - facts.collapsed), ("needed", SILENT_MONTHS)))
    if missing := _missing_months(loans, start):
        yield Forecast(None, "missing_months", (("months", missing),))


def _number(loans: Loans, facts: BookFacts, start: int) -> Forecast:
    before = loans.known_at(start)
    then = start - 12
    tested = backtest(before, start, facts.grades) if _can_be_tested(before, then) else None
    method = tested.chosen if tested else CANDIDATES[0]
    hazards = METHODS[method](recent_counts(before, start, facts.grades))
    # A test of the newest months against rates from before them.
    earlier = METHODS[method](recent_counts(loans.known_at(facts.as_of - 6), facts.as_of - 6, facts.grades))
    if facts.collapsed is None and stop_factor(loans, earlier, facts.as_of, facts.grades) > SUSPECTED:
        return Forecast(None, "collapse_suspected")
    factor = 1.0 if facts.collapsed is None else stop_factor(loans, hazards, facts.as_of, facts.grades)
    recovery = recovery_share(loans, facts.as_of)
    found = expected(loans, hazards, recovery, facts.as_of, factor)
    whole = float(found.balance.sum())
    share = float(found.lifetime.sum()) / whole
    everything = np.arange(len(loans))
    half = (tested.width if tested else 3.0) * spread(found, everything)
    # Loans of a book stray together: a large book's interval is not narrower than a sampled one's.
    half = max(half, _least_half_width(tested))
    curve = np.cumsum(found.by_month) / whole
    scale = half * np.minimum(1.0, curve / max(share, 1e-9))
    by_month = tuple((float(one), float(max(0.0, one - wide)), float(min(1.0, one + wide))) for one, wide in zip(curve, scale, strict=True))
    return Forecast(Number(share, max(0.0, share - half), min(1.0, share + half), by_month, method, recovery, factor, tested))


def _missing_months(loans: Loans, start: int) -> int:
    """Months of the last two years before `start` in which no loan ended, though many do."""
    ended = loans.last_paid[np.isin(loans.state, (STOPPED, CLOSED))]
    newest = np.bincount(np.clip(ended - (start - HISTORY_MONTHS), 0, HISTORY_MONTHS), minlength=HISTORY_MONTHS + 1)[1:HISTORY_MONTHS]
    return int((newest == 0).sum()) if newest.mean() >= ENDS_A_MONTH else 0


def _can_be_tested(before: Loans, then: int) -> bool:
    known = before.known_at(then)
    return len(known) >= FEWEST_LOANS and bool(((known.state == PAYING) & (known.balance() > 0)).sum() >= FEWEST_LOANS // 2)


def _least_half_width(tested: Backtest | None) -> float:
    """The mean error of the year that was tested, widened to the interval's level."""
    return 0.05 if tested is None else tested.mae_pp[tested.chosen] / 100 * LEVEL / 0.4
