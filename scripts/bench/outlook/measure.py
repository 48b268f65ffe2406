"""Four out-of-time dates and two collapses of one book of finished loans."""

from __future__ import annotations

from typing import Any

import numpy as np

from backend.watch.outlook.models.backtest import backtest, recent_counts, samples, spread
from backend.watch.outlook.models.collapse import SILENT_MONTHS
from backend.watch.outlook.models.forecast import BookFacts, forecast
from backend.watch.outlook.models.hazards import METHODS
from backend.watch.outlook.models.loans import STOPPED, Floats, Loans
from backend.watch.outlook.models.returns import expected, recovery_share
from scripts.bench.outlook.collapses import collapse

BOOKS, COLLAPSES = 60, 20


def returned(ended: Loans, known: Loans) -> Floats:
    """What loans returned in the end, since they were `known`."""
    balance = known.balance()
    unpaid = np.where(ended.state == STOPPED, np.clip(ended.amount - ended.principal_paid, 0, balance), 0.0)
    recovered = np.where(ended.state == STOPPED, np.minimum(ended.recovered, balance), 0.0)
    return np.asarray(np.where(known.state == STOPPED, recovered, balance - unpaid + recovered))


def at_date(loans: Loans, as_of: int, grades: int) -> dict[str, Any]:
    """Errors of each method on books of that date; whether the chosen one's intervals held, and their half-widths."""
    known = loans.known_at(as_of)
    ended = loans.at(np.flatnonzero(loans.issued < as_of))
    balance, came = known.balance(), returned(ended, known)
    books = samples(known, balance, as_of, as_of, BOOKS)
    true = np.array([came[book].sum() / balance[book].sum() for book in books])
    tested = backtest(known, as_of, grades)
    counts, recovery = recent_counts(known, as_of, grades), recovery_share(known, as_of)
    errors = {"promise": float(100 * (1 - true).mean())}
    held, widths = [], []
    for name, method in METHODS.items():
        found = expected(known, method(counts), recovery, as_of)
        told = np.array([found.lifetime[book].sum() / balance[book].sum() for book in books])
        errors[name] = float(100 * np.abs(told - true).mean())
        if name == tested.chosen:
            widths = [tested.width * spread(found, book) for book in books]
            held = list(np.abs(told - true) <= np.array(widths))
    errors["chosen"] = errors[tested.chosen]
    return {"mae_pp": errors, "held": held, "widths": widths, "chosen": tested.chosen}


def at_collapse(loans: Loans, kind: str, start: int, grades: int) -> dict[str, Any]:
    """Whether the forecast is silent before month 12 and how many forecasts then are within three points."""
    # A platform whose payments collapsed makes no more loans.
    loans = loans.at(np.flatnonzero(loans.issued < start))
    before = loans.known_at(start)
    hazards = METHODS["vintage"](recent_counts(before, start, grades))
    stopped = (loans.state == STOPPED) & (loans.amount > loans.principal_paid)
    unpaid = (loans.amount - loans.principal_paid)[stopped]
    recoveries = (np.clip(loans.recovered[stopped] / unpaid, 0, 1), unpaid / unpaid.sum())
    silent, close = True, []
    for seed in range(COLLAPSES):
        lives = collapse(loans, kind, start, hazards, recoveries, seed)
        for month in (1, 6, SILENT_MONTHS - 1):
            silent &= forecast(lives.known_at(start + month), BookFacts(start + month, grades, start)).number is None
        as_of = start + SILENT_MONTHS
        known = lives.known_at(as_of)
        told = forecast(known, BookFacts(as_of, grades, start)).number
        ended = lives.at(np.flatnonzero(lives.issued < as_of))
        true = returned(ended, known).sum() / known.balance().sum()
        close.append(told is not None and abs(told.share - true) <= 0.03)
    return {"silent_before_12": silent, "within_3pp": round(float(np.mean(close)), 3)}
