"""What the journeys counted, for the closing line of `make e2e`."""

from __future__ import annotations

#: The most of any journey, never the sum; `looked_at` is how many screens were held to the checks.
FIGURES: dict[str, int] = {"journeys": 0, "looked_at": 0, "axe_violations": 0}


def note_most(name: str, value: int) -> None:
    """Keep the highest value seen."""
    FIGURES[name] = max(value, FIGURES.get(name, value))
