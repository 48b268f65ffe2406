"""What of a sheet a person does not see: rows and columns that are marked as hidden, or too small to show anything (protocol §18.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from backend.case.register.workbooks.markup import Attributes, is_set

SMALLEST = 1.0
"""Points, or characters; what is below it shows nothing."""
FIRST_ROWS = 20
_SIZE = re.compile(r"\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MAX_DIGITS = 40


@dataclass
class Unseen:
    """What a person does not see on a sheet, or sees otherwise; gathered while its rows are read."""

    hidden_rows: int = 0
    first_hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def add_row(self, number: int) -> None:
        """A hidden row with something in it."""
        self.hidden_rows += 1
        if self.hidden_rows <= FIRST_ROWS:
            self.first_hidden_rows.append(number)

    def add_columns(self, letters: list[str]) -> None:
        """Hidden columns, each once."""
        self.hidden_columns += [letter for letter in letters if letter not in self.hidden_columns]


class Sizes:
    """Which rows and columns show nothing: by their own marks and sizes, or by the sheet's."""

    def __init__(self) -> None:
        self._rows = self._columns = False
        self._shown: set[str] = set()

    def note_sheet(self, attributes: Attributes) -> None:
        """What holds for rows and columns that say nothing of their size."""
        self._rows |= is_set(attributes.get("zeroHeight")) or is_small(attributes.get("defaultRowHeight"))
        self._columns |= is_small(attributes.get("defaultColWidth", attributes.get("baseColWidth")))

    def hides_row(self, attributes: Attributes) -> bool:
        """By its mark or its height."""
        height = attributes.get("ht")
        return is_set(attributes.get("hidden")) or (self._rows if height is None else is_small(height))

    def hides_columns(self, attributes: Attributes, letters: list[str]) -> bool:
        """By their mark or their width."""
        width = attributes.get("width")
        hidden = is_set(attributes.get("hidden")) or (self._columns if width is None else is_small(width))
        if not hidden:
            self._shown.update(letters)
        return hidden

    def hidden_by_sheet(self, letters: list[str]) -> list[str]:
        """Those of which nothing was said but by the sheet; once all was read."""
        return [letter for letter in letters if letter not in self._shown] if self._columns else []


def is_small(written: str | None) -> bool:
    """Whether a height or width shows nothing; one that cannot be read counts as such."""
    if written is None:
        return False
    text = written.strip(" \t\r\n")
    return len(text) > _MAX_DIGITS or _SIZE.fullmatch(text) is None or float(text) < SMALLEST
