"""Formulas whose saved value programs leave as it is: plain ones (protocol §18.2)."""

from __future__ import annotations

import re

from verifier.register.claims.workbook.markup import Attributes, is_set

MOST_LENGTH, MOST_SHARED = 2_000, 65_536
FUNCTIONS = frozenset(
    (
        *("SUM", "SUMIFS", "SUMPRODUCT", "PRODUCT", "ABS", "INT", "MOD", "TRUNC", "CEILING", "FLOOR", "ROUND", "ROUNDUP", "ROUNDDOWN"),
        *("MAX", "MIN", "AVERAGE", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "IF", "IFERROR", "AND", "OR", "NOT", "TRUE", "FALSE"),
        *("ISBLANK", "ISERROR", "ISNA", "ISNUMBER", "ISTEXT", "VLOOKUP", "HLOOKUP", "LOOKUP", "MATCH", "INDEX"),
        *("CONCATENATE", "TEXT", "VALUE", "LEFT", "RIGHT", "MID", "LEN", "TRIM", "CLEAN", "UPPER", "LOWER", "PROPER"),
        *("SUBSTITUTE", "REPLACE", "REPT", "EXACT", "FIND", "SEARCH"),
    )
)
#: Quoted text, a run of signs that make a word, or one sign that joins words.
_PIECE = re.compile(r'"[^"]*"|([A-Za-z0-9_.$:]+)(\()?|[-+*/^&=<>%,()\t\r\n ]')
_PLACE = r"\$?[A-Z]{1,2}\$?[1-9][0-9]{0,5}"
_VALUE = re.compile(
    rf"{_PLACE}(?::{_PLACE})?|\$?[A-Z]{{1,2}}:\$?[A-Z]{{1,2}}|[0-9]+(?:\.[0-9]*)?(?:E[0-9]*)?|\.[0-9]+(?:E[0-9]*)?|TRUE|FALSE"
)


class Formulas:
    """A sheet's formulas in their order: one that is shared stands once, and cells below it name its number."""

    def __init__(self) -> None:
        self._plain: set[int] = set()

    def are_plain(self, attributes: Attributes, text: str) -> bool:
        """Whether this one is."""
        text = text.strip(" \t\r\n")
        if any(is_set(attributes.get(flag)) for flag in ("ca", "aca")):
            return False
        kind = attributes.get("t", "normal")
        if kind == "shared":
            return self._is_shared_plain(attributes.get("si", ""), text)
        return kind == "normal" and is_plain(text)

    def _is_shared_plain(self, written: str, text: str) -> bool:
        if not re.fullmatch("[0-9]{1,9}", written):
            return False
        number = int(written)
        if not text:
            return number in self._plain
        if not is_plain(text):
            self._plain.discard(number)
            return False
        if len(self._plain) < MOST_SHARED:
            self._plain.add(number)
        return True


def is_plain(text: str) -> bool:
    """Known functions of values, of cells of the same sheet, and of quoted text."""
    if not 0 < len(text) <= MOST_LENGTH:
        return False
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            return False
        word, calls = piece.groups()
        if word and not (word in FUNCTIONS if calls else _VALUE.fullmatch(word)):
            return False
        at = piece.end()
    return True
