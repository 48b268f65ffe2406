"""From chances to money: what loans are expected to return, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend.watch.outlook.models.hazards import Hazards
from backend.watch.outlook.models.loans import PAYING, STOPPED, Floats, Ints, Loans

RECOVERY_MONTHS = 24
"""After a stop, what is recovered comes evenly over so many months: when it comes is not recorded."""
SETTLED_MONTHS = 12
"""Loans that stopped so long ago tell what is recovered."""
RECOVERY_VARIANCE = 0.02
"""Of one stopped loan's recovered share, LendingClub 2007 to 2011: a few return much, most nothing."""


@dataclass(frozen=True)
class Expected:
    """Per loan in yuan: unpaid principal now, what is expected back in all, what stops within twelve months and ever (before recoveries),
    and how far the first year's and all losses may stray (variances, were loans independent); and what comes back by month, all loans."""

    balance: Floats
    lifetime: Floats
    lost_12: Floats
    lost: Floats
    variance_12: Floats
    variance: Floats
    by_month: Floats


def recovery_share(loans: Loans, as_of: int) -> float:
    """What stopped loans returned of their unpaid principal, by the book's own record; 0 where it has none."""
    settled = (loans.state == STOPPED) & (loans.last_paid < as_of - SETTLED_MONTHS)
    unpaid = (loans.amount - loans.principal_paid)[settled].sum()
    return float(np.clip(loans.recovered[settled].sum() / unpaid, 0.0, 1.0)) if unpaid > 0 else 0.0


def expected(loans: Loans, hazards: Hazards, recovery: float, as_of: int, stop_factor: float = 1.0) -> Expected:
    """What is expected of loans as they stand at `as_of`; `stop_factor` times the hazard to stop.

    Loans of one term, grade, age and rate fare alike, so that each kind is followed once.
    """
    balance = loans.balance()
    paying = loans.state == PAYING
    kinds = np.stack([loans.term, loans.grade, np.clip(as_of - loans.issued, 0, loans.term), np.round(loans.rate * 1e6)], axis=1)
    unique, kind = np.unique(kinds[paying].astype(np.int64), axis=0, return_inverse=True)
    weight = np.bincount(kind.reshape(-1), weights=balance[paying], minlength=len(unique)).astype(np.float64)
    shares, by_month = _follow(unique, weight, hazards, recovery, stop_factor)
    stopped = np.where(loans.state == STOPPED, balance, 0.0)
    _spread(by_month, float(stopped.sum()) * recovery, 0)
    each = {name: np.zeros(len(loans)) for name in ("back", "lost_12", "lost")}
    for name, column in each.items():
        column[paying] = shares[name][kind.reshape(-1)] * balance[paying]
    uncertain = stopped**2 * RECOVERY_VARIANCE
    return Expected(
        balance, each["back"] + stopped * recovery, each["lost_12"], each["lost"], each["lost_12"] * balance + uncertain,
        each["lost"] * balance + uncertain, by_month,
    )  # fmt: skip


def _follow(kinds: Ints, weight: Floats, hazards: Hazards, recovery: float, stop_factor: float) -> tuple[dict[str, Floats], Floats]:
    """Shares of each kind's unpaid principal, and yuan by month."""
    term, grade, age = kinds[:, 0], kinds[:, 1], kinds[:, 2]
    rate = np.maximum(kinds[:, 3] / 1e6, 1e-9)
    left = int((term - age).max(initial=0))
    by_month = np.zeros(left + 1 + RECOVERY_MONTHS)
    full = (1 + rate) ** term
    grown = (1 + rate) ** age
    whole = np.maximum(full - grown, 1e-9)
    alive = np.where(age < term, 1.0, 0.0)
    # Past its term and still paying: what is left comes with the next payment.
    back, lost, lost_12 = 1.0 - alive, np.zeros(len(kinds)), np.zeros(len(kinds))
    by_month[0] += float((back * weight).sum())
    for month in range(1, left + 1):
        stop, end = hazards.at(term, grade, age + month)
        stop = 1 - (1 - np.clip(stop, 0, 0.999)) ** stop_factor
        before, grown = (full - grown) / whole, grown * (1 + rate)
        running = np.where(age + month <= term, alive, 0.0)
        came = running * (1 - stop) * (end * before + (1 - end) * (before - (full - grown) / whole))
        stops = running * stop * before
        back, lost = back + came + stops * recovery, lost + stops
        if month <= 12:
            lost_12 = lost_12 + stops
        by_month[month - 1] += float((came * weight).sum())
        _spread(by_month, float((stops * weight).sum()) * recovery, month)
        alive = running * (1 - stop) * (1 - end)
    return {"back": back, "lost": lost, "lost_12": lost_12}, by_month


def _spread(by_month: Floats, amount: float, after: int) -> None:
    by_month[after : after + RECOVERY_MONTHS] += amount / RECOVERY_MONTHS
