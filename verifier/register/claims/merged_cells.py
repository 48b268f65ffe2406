"""Merged cells over claims look as if every one of them had the content, and only the first one has (protocol §18.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from verifier.register.claims.columns import Header
from verifier.register.claims.rows import Broken

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def broken_by(ranges: Iterable[str], header: Header, last_row: int) -> Iterator[Broken]:
    """A broken rule for every range over more than one cell of ours."""
    for written in ranges:
        found = _RANGE.fullmatch(written)
        if found is None:
            continue
        first, last = max(int(found[2]), header.row + 1), min(int(found[4]), last_row)
        columns = [place for place in header.places.values() if _place(found[1]) <= place <= _place(found[3])]
        if columns and first <= last and (first < last or len(columns) > 1):
            yield Broken(first, written, "CellsMerged", {"cells": written})


def _place(column: str) -> int:
    place = 0
    for letter in column:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1
