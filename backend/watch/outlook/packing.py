"""Loans as they are kept between import and forecast: columns of numbers, packed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from backend.watch.outlook.book import Loan


@dataclass(frozen=True)
class Packed:
    """The grades by name, and the loans' columns in the order of `Loan`, the grade as a number into the names."""

    grades: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]


def pack(loans: Sequence[Loan]) -> bytes:
    """Compact bytes, the same for the same loans."""
    grades = sorted({loan.grade for loan in loans})
    number = {grade: place for place, grade in enumerate(grades)}
    rows = [[number[value] if isinstance(value, str) else value for value in astuple(loan)] for loan in loans]
    return zlib.compress(json.dumps({"grades": grades, "columns": list(zip(*rows, strict=True))}).encode(), 6)


def unpack(data: bytes) -> Packed:
    """What `pack` took."""
    value = json.loads(zlib.decompress(data))
    return Packed(tuple(value["grades"]), tuple(map(tuple, value["columns"])))
