"""What the journeys counted, for the closing line of `make e2e`."""

from __future__ import annotations

#: What is added up; `looked_at` is how many screens were held to the checks.
COUNTED = ("journeys", "looked_at", "axe_violations")
#: Of everything else the most of any journey, never the sum.
FIGURES: dict[str, int] = dict.fromkeys(COUNTED, 0)


def note_most(name: str, value: int) -> None:
    """Keep the highest value seen."""
    FIGURES[name] = max(value, FIGURES.get(name, value))
