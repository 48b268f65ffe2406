"""Two simulated collapses on real loans: (a) stops 1 to 25 times as often for 24 months; (b) 0 to 80 % stop within six months."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backend.watch.outlook.models.hazards import Hazards
from backend.watch.outlook.models.loans import CLOSED, PAYING, STOPPED, Floats, Loans, scheduled_balance

LONG, SHORT = 24, 6


def collapse(loans: Loans, kind: str, start: int, hazards: Hazards, recoveries: tuple[Floats, Floats], seed: int) -> Loans:
    """The loans' whole lives with the collapse in them; `recoveries` are shares to draw from, and the chance of each: by unpaid amount."""
    dice = np.random.default_rng(seed)
    running = (loans.issued < start) & (loans.last_paid >= start) & (loans.state != PAYING)
    stops = np.full(len(loans), np.iinfo(np.int64).max)
    if kind == "a":
        factor = dice.uniform(1, 25)
        for month in range(start + 1, start + LONG + 1):
            stop, _ = hazards.at(loans.term, loans.grade, month - loans.issued)
            hit = dice.random(len(loans)) < 1 - (1 - np.clip(stop, 0, 0.999)) ** (factor - 1)
            stops = np.where(hit & (stops > month), month, stops)
    else:
        share = dice.uniform(0, 0.8)
        stops = np.where(dice.random(len(loans)) < share, start + dice.integers(1, SHORT + 1, len(loans)), stops)
    hit = running & (stops <= loans.last_paid)
    last = np.where(hit, stops - 1, loans.last_paid)
    unpaid = scheduled_balance(loans, last - loans.issued)
    drawn = dice.choice(recoveries[0], len(loans), p=recoveries[1]) * unpaid
    return replace(
        loans,
        state=np.where(hit, STOPPED, np.where(loans.state == CLOSED, CLOSED, STOPPED)),
        last_paid=last,
        principal_paid=np.where(hit, loans.amount - unpaid, loans.principal_paid),
        recovered=np.where(hit, drawn, loans.recovered),
    )
