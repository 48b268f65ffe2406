"""Plain formulas: their saved value is what programs show that open the file (protocol §18.2)."""

from __future__ import annotations

import re

from backend.case.register.workbooks.markup import Attributes, is_set

MAX_LENGTH = 2_000
"""Below what is kept of a text that goes on and on."""
MAX_SHARED = 2**16
#: What gives the same as long as the cells do that it is given; SUMIF is none of them, which some programs work out at every opening.
FUNCTIONS = (
    "ABS|AND|AVERAGE|CEILING|CLEAN|CONCATENATE|COUNT|COUNTA|COUNTIF|COUNTIFS|EXACT|FALSE|FIND|FLOOR|HLOOKUP|IF|IFERROR|INDEX|INT"
    "|ISBLANK|ISERROR|ISNA|ISNUMBER|ISTEXT|LEFT|LEN|LOOKUP|LOWER|MATCH|MAX|MID|MIN|MOD|NOT|OR|PRODUCT|PROPER|REPLACE|REPT|RIGHT"
    "|ROUND|ROUNDDOWN|ROUNDUP|SEARCH|SUBSTITUTE|SUM|SUMIFS|SUMPRODUCT|TEXT|TRIM|TRUE|TRUNC|UPPER|VALUE|VLOOKUP"
)
_COLUMN = r"\$?[A-Z]{1,2}"
_CELL = rf"{_COLUMN}\$?[1-9][0-9]{{0,5}}"
_WORD = rf"{_CELL}(?::{_CELL})?|{_COLUMN}:{_COLUMN}|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[0-9]*)?|TRUE|FALSE"
_PLAIN = re.compile(rf'(?:"[^"]*+"|(?:{FUNCTIONS})\(|(?:{_WORD})(?![A-Za-z0-9_.$:(])|[-+*/^&=<>%,() \t\r\n])++')


class Formulas:
    """A sheet's formulas from its first to its last: some say no more than which one above them they repeat."""

    def __init__(self) -> None:
        self._shared: set[str] = set()

    def is_plain(self, attributes: Attributes, text: str) -> bool:
        """Whether programs leave its value as it was saved."""
        if is_set(attributes.get("ca")) or is_set(attributes.get("aca")):
            return False
        text, kind, number = text.strip(" \t\r\n"), attributes.get("t", "normal"), attributes.get("si", "")
        if kind != "shared":
            return kind == "normal" and _is_plain(text)
        if not (number.isascii() and number.isdigit()) or len(number) > 9:
            return False
        if not text:
            return number in self._shared
        plain = _is_plain(text)
        if not plain:
            self._shared.discard(number)
        elif len(self._shared) < MAX_SHARED:
            self._shared.add(number)
        return plain


def _is_plain(text: str) -> bool:
    return len(text) <= MAX_LENGTH and _PLAIN.fullmatch(text) is not None
