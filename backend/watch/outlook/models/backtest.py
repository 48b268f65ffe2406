"""What the book itself says about a method: forecasts made with what was known a year ago, held against the year that came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend.watch.outlook.models.hazards import METHODS, Counts, count
from backend.watch.outlook.models.loans import PAYING, STOPPED, Floats, Ints, Loans
from backend.watch.outlook.models.returns import Expected, expected, recovery_share

SAMPLE_LOANS, SAMPLES = 300, 100
LATE_AT_MOST = 0.8
LOOK_BACK_MONTHS = 24
"""Rates are those of so many newest months: they drift."""
LEVEL = 0.90
CANDIDATES = ("vintage", "logistic")
SEED = 20


@dataclass(frozen=True)
class Backtest:
    """Mean absolute error of each method in percentage points, the better candidate, and how many scales of its own spread hold
    `LEVEL` of its errors."""

    mae_pp: dict[str, float]
    chosen: str
    width: float


def recent_counts(loans: Loans, as_of: int, grades: int) -> Counts:
    """Counts of the newest months."""
    return count(loans, as_of, grades, as_of - LOOK_BACK_MONTHS)


def samples(loans: Loans, balance: Floats, as_of: int, seed: int, how_many: int = SAMPLES) -> list[Ints]:
    """Books of loans with unpaid principal, none to `LATE_AT_MOST` of them late by at most a year."""
    dice = np.random.default_rng(seed)
    good = np.flatnonzero((loans.state == PAYING) & (balance > 0))
    late = np.flatnonzero((loans.state == STOPPED) & (loans.last_paid >= as_of - 12) & (balance > 0))
    books = []
    for _ in range(how_many):
        of_late = round(SAMPLE_LOANS * dice.uniform(0, LATE_AT_MOST)) if len(late) else 0
        of_good = SAMPLE_LOANS - of_late
        books.append(np.concatenate([dice.choice(good, of_good, of_good > len(good)), dice.choice(late, of_late, of_late > len(late))]))
    return books


def spread(found: Expected, book: Ints, *, first_year: bool = False) -> float:
    """How far a book's loss may stray, as a share of its balance, were its loans independent."""
    variance = found.variance_12 if first_year else found.variance
    return float(np.sqrt(variance[book].sum()) / found.balance[book].sum())


def backtest(loans: Loans, as_of: int, grades: int, seed: int = SEED) -> Backtest:
    """Calibrated a year before `as_of`; loans as they are known at `as_of`. The error is that of the year's losses."""
    then = as_of - 12
    places = np.flatnonzero(loans.issued < then)
    known = loans.known_at(then)
    lost = _lost_within(loans.at(places), known, as_of)
    counts, recovery = recent_counts(known, then, grades), recovery_share(known, then)
    balance = known.balance()
    books = samples(known, balance, then, seed)
    true = np.array([lost[book].sum() / balance[book].sum() for book in books])
    errors, scaled = {}, {}
    for name in METHODS:
        found = expected(known, METHODS[name](counts), recovery, then)
        loss = found.lost_12 - np.where(known.state == STOPPED, balance * recovery, 0.0)
        told = np.array([loss[book].sum() / balance[book].sum() for book in books])
        errors[name] = float(100 * np.abs(told - true).mean())
        scaled[name] = np.abs(told - true) / np.array([spread(found, book, first_year=True) for book in books])
    chosen = min(CANDIDATES, key=lambda name: errors[name])
    return Backtest(errors, chosen, _quantile(scaled[chosen]))


def _lost_within(now: Loans, known: Loans, as_of: int) -> Floats:
    """Yuan of loans that stopped since they were `known`, until `as_of`; of those that had stopped, less what was recovered."""
    balance = known.balance()
    stopped_since = (known.state == PAYING) & (now.state == STOPPED) & (now.last_paid + 1 <= as_of)
    unpaid = np.minimum(np.maximum(now.amount - now.principal_paid, 0.0), balance)
    return np.where(stopped_since, unpaid, np.where(known.state == STOPPED, -np.minimum(now.recovered, balance), 0.0))


def _quantile(scores: Floats) -> float:
    """The split conformal quantile: of n errors the ceil((n + 1) * LEVEL)-th."""
    rank = int(np.ceil((len(scores) + 1) * LEVEL))
    return float(np.sort(scores)[min(rank, len(scores)) - 1])
