"""A loan book as columns of numbers, as it was known at one month. Months count from the year 0."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PAYING, STOPPED, CLOSED = 0, 1, 2


@dataclass(frozen=True)
class Loans:
    """One loan a place. `term` in months, `rate` a month, amounts in yuan; `grade` is a number into the book's own grades.

    `last_paid` is the month of the last payment (that of the issue where none was made). A closed loan has returned all its principal.
    """

    issued: Ints
    term: Ints
    grade: Ints
    amount: Floats
    rate: Floats
    last_paid: Ints
    state: Ints
    principal_paid: Floats
    recovered: Floats
    """Of what was unpaid when payments stopped: got since, less the costs of getting it."""

    def __len__(self) -> int:
        return len(self.issued)

    def at(self, places: Ints | NDArray[np.bool_]) -> Loans:
        """These loans only."""
        return Loans(*(getattr(self, field.name)[places] for field in fields(self)))

    def known_at(self, month: int) -> Loans:
        """The book as it was at an earlier month: later loans, payments and stops are not known yet.

        When after a stop something was recovered is not recorded; it counts as known.
        """
        known = self.at(self.issued < month)
        last = np.minimum(known.last_paid, month)
        before = known.last_paid <= month
        # Whoever paid in the month itself is not known to have stopped.
        state = np.where(
            before & (known.state == CLOSED), CLOSED, np.where((known.last_paid < month) & (known.state == STOPPED), STOPPED, PAYING)
        )
        paid = np.where(state == PAYING, known.amount - scheduled_balance(known, last - known.issued), known.principal_paid)
        return replace(known, last_paid=last, state=state, principal_paid=paid)

    def balance(self) -> Floats:
        """Unpaid principal, as the book says."""
        return np.where(self.state == CLOSED, 0.0, np.maximum(self.amount - self.principal_paid, 0.0))


def scheduled_balance(loans: Loans, age: Ints) -> Floats:
    """What an annuity loan still owes after `age` payments."""
    age = np.clip(age, 0, loans.term)
    grown_term, grown_age = (1 + loans.rate) ** loans.term, (1 + loans.rate) ** age
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(loans.rate > 0, (grown_term - grown_age) / (grown_term - 1), 1 - age / loans.term)
    return loans.amount * share
