"""Merged cells over the claims: only the upper left one has the content, though all look as if they had."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backend.case.register.cell_errors import CellsMerged
from backend.case.register.columns import Header
from backend.case.register.rejects import Reject, reject_of

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def merged_rejects(header: Header, last_row: int, ranges: Iterable[str]) -> list[Reject]:
    """One broken rule for every range that covers more than one cell of the claims, in columns of ours."""
    rejects = []
    for written in ranges:
        found = _RANGE.fullmatch(written)
        if found is None:
            continue
        first, last = max(int(found[2]), header.row + 1), min(int(found[4]), last_row)
        columns = [key for key, place in header.places.items() if _place(found[1]) <= place <= _place(found[3])]
        if columns and first <= last and (first < last or len(columns) > 1):
            rejects.append(reject_of(first, written, columns[0], CellsMerged(cells=written)))
    return rejects


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - 64
    return place - 1
