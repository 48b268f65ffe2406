"""Rows and columns that show nothing, by a mark or by their size (protocol §18.2)."""

from __future__ import annotations

import re

from verifier.register.claims.workbook.markup import Attributes, is_set

_NUMBER = re.compile(r"\+?(?:[0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONGEST = 40
_LEAST = 1
"""A point high, a character wide: below that, nothing can be read."""


class Sizes:
    """What the sheet says of all rows and columns, and what each says of itself."""

    def __init__(self) -> None:
        self._hides_rows = self._hides_columns = False
        self._visible: set[str] = set()

    def take_format(self, attributes: Attributes) -> None:
        """Of the sheet: it holds for rows without a height and columns without a width."""
        if is_set(attributes.get("zeroHeight")) or _shows_nothing(attributes.get("defaultRowHeight", "1")):
            self._hides_rows = True
        wide = attributes.get("defaultColWidth", attributes.get("baseColWidth", "1"))
        self._hides_columns = self._hides_columns or _shows_nothing(wide)

    def is_row_hidden(self, attributes: Attributes) -> bool:
        """One row."""
        return self._is_hidden(attributes, "ht", by_sheet=self._hides_rows)

    def hidden_among(self, attributes: Attributes, letters: list[str]) -> list[str]:
        """All of a group of columns, or none."""
        if self._is_hidden(attributes, "width", by_sheet=self._hides_columns):
            return letters
        self._visible |= set(letters)
        return []

    def left_hidden(self, letters: list[str]) -> list[str]:
        """Columns that nothing but the sheet speaks of, once all was read."""
        return [letter for letter in letters if self._hides_columns and letter not in self._visible]

    def _is_hidden(self, attributes: Attributes, size: str, *, by_sheet: bool) -> bool:
        if is_set(attributes.get("hidden")):
            return True
        return _shows_nothing(attributes[size]) if size in attributes else by_sheet


def _shows_nothing(written: str) -> bool:
    bare = written.strip(" \t\r\n")
    return len(bare) > _LONGEST or not _NUMBER.fullmatch(bare) or float(bare) < _LEAST
