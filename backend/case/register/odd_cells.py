"""Cells of a spreadsheet that hold something else than they show, or nothing yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OddKind(StrEnum):
    """What is odd about a cell."""

    FORMULA = "formula"
    """A formula that no program has computed."""
    ERROR = "error"
    """Such as #N/A."""
    DATE = "date"
    PER_CENT = "percent"
    FOREIGN = "foreign"
    """A number shown in another currency."""
    SCALED = "scaled"
    """A number shown in thousands or ten thousands."""
    OTHERWISE = "otherwise"
    """A number under a format that is not one of the plain ones."""
    TEXT = "text"
    """Text under a format that shows it otherwise."""
    YUAN = "yuan"
    """A number shown as it is, with the word for yuan behind it."""


#: Whoever reads the cell sees something else than it holds.
SHOWN_OTHERWISE = frozenset({OddKind.PER_CENT, OddKind.FOREIGN, OddKind.SCALED, OddKind.OTHERWISE, OddKind.TEXT})


@dataclass(frozen=True, slots=True)
class OddCell:
    """A cell's oddity, with the number or text under it."""

    kind: OddKind
    number: float | None = None
    text: str = ""
