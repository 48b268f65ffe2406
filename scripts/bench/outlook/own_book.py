"""A made book of finished loans, for where no real one is at hand: hazards by grade and age, drawn from one seed."""

from __future__ import annotations

import numpy as np

from backend.watch.outlook.models.loans import CLOSED, STOPPED, Loans, scheduled_balance

LOANS, SEED = 12_000, 7
FIRST, LAST = 2007 * 12 + 6, 2011 * 12 + 11


def own_book(loans: int = LOANS, seed: int = SEED) -> Loans:
    """Loans that all have ended."""
    dice = np.random.default_rng(seed)
    issued = FIRST + ((LAST - FIRST + 1) * np.sqrt(dice.random(loans))).astype(np.int64)
    term = dice.choice(np.array([36, 60]), loans, p=[0.75, 0.25])
    grade = dice.choice(7, loans, p=[0.24, 0.28, 0.2, 0.13, 0.08, 0.05, 0.02])
    amount = np.round(dice.lognormal(9.1, 0.6, loans), 2)
    rate = (0.07 + 0.025 * grade) / 12
    stop = 0.0028 * 1.35**grade
    life = np.minimum(dice.geometric(stop), 200)
    end = np.minimum(dice.geometric(np.full(loans, 0.018)), 200)
    stopped = (life <= end) & (life <= term)
    last = issued + np.where(stopped, life - 1, np.minimum(end, term))
    book = Loans(
        issued, term.astype(np.int64), grade.astype(np.int64), amount, rate, last,
        np.where(stopped, STOPPED, CLOSED).astype(np.int64), amount, np.zeros(loans),
    )  # fmt: skip
    unpaid = scheduled_balance(book, last - issued)
    recovered = np.where(stopped & (dice.random(loans) < 0.25), unpaid * dice.uniform(0, 0.5, loans), 0.0)
    return Loans(book.issued, book.term, book.grade, amount, rate, last, book.state, np.where(stopped, amount - unpaid, amount), recovered)
