"""After payments collapsed: silence until the book has twelve months of its own collections, then the newest six tell how it goes on."""

from __future__ import annotations

import numpy as np

from backend.watch.outlook.models.hazards import Hazards, count
from backend.watch.outlook.models.loans import Loans

SILENT_MONTHS = 12
"""At month 6, whether it goes on or is over cannot be told: either guess was wrong by 8 points in one of two simulated collapses."""
WINDOW_MONTHS = 6
SUSPECTED = 2.0
"""So many times the stops that were expected, where nobody declared a collapse: then there is no forecast either."""


def stop_factor(loans: Loans, hazards: Hazards, as_of: int, grades: int) -> float:
    """Stops of the newest `WINDOW_MONTHS`, as a multiple of those that rates from before let expect."""
    seen = count(loans, as_of, grades, as_of - WINDOW_MONTHS)
    places = np.searchsorted(hazards.terms, seen.terms).clip(0, len(hazards.terms) - 1)
    hoped = float((seen.at_risk * hazards.stop[places]).sum())
    return float((seen.stops.sum() + 1.0) / (hoped + 1.0))
