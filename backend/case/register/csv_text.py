"""CSV as rows of cells: the encoding in which the whole file reads, the separator under which its header is ours, bounded lines."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from backend.case.register.columns import known_columns
from backend.case.register.file_errors import CsvMalformed, EmptyCellsMany, EncodingUnknown, FileFormatUnknown, TooManyColumns, TooManyRows

MAX_ROWS = 2_000_000
MAX_COLUMNS = 26
FIELD_LIMIT = 32_768
FREE_BLANK_ROWS, BLANK_ROWS_A_ROW = 500_000, 20
MAX_LINE = 2**18
"""Characters; an honest line has some hundreds, and a spreadsheet's widest empty one 16,384."""
_CHUNK_BYTES = 2**20
_SEPARATORS = (",", "\t", ";", "|", "，")
_WIDER_MARK = codecs.BOM_UTF32_LE
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_WEB_PAGE = re.compile(r"\s*(?:<!doctype|<html|<table|<head|<meta|<\?xml|<workbook)", re.IGNORECASE)

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class CsvText:
    """Rows as (number, cells); blank rows are left out."""

    rows: Iterator[Row]
    lines: int


@contextmanager
def open_csv(path: Path) -> Iterator[CsvText]:
    """Raises: EncodingUnknown, FileFormatUnknown, CsvMalformed, TooManyColumns, TooManyRows; the last three also while rows are read."""
    with path.open("rb") as file:
        encoding, lines = _find_encoding(file)
    if lines > 2 * MAX_ROWS:  # a cell may hold several lines, but not every cell of so many
        raise TooManyRows(limit=MAX_ROWS)
    with path.open(encoding=encoding, newline="") as text:
        start = text.read(MAX_LINE)
        if _WEB_PAGE.match(start):
            raise FileFormatUnknown(kind="HTML/XML")
        text.seek(0)
        named = _SEPARATOR_LINE.fullmatch(next(iter(start.splitlines()), ""))
        separator = named[1] if named else _find_separator(start)
        rows = _rows(text, separator)
        yield CsvText(islice(rows, 1, None) if named else rows, lines)


def _find_encoding(file: IO[bytes]) -> tuple[str, int]:
    """The encoding in which the whole file reads strictly, and how many lines it has."""
    start = file.read(4_096)
    wide = start.startswith(_WIDE_MARKS)
    # Without a mark, UTF-16 shows by the empty half of its commas and digits.
    if start.startswith(_WIDER_MARK) or (not wide and (0 in start.partition(b"\n")[0] or 10 * start.count(0) > len(start))):
        raise EncodingUnknown
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        file.seek(0)
        lines = 0
        try:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
                lines += chunk.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, lines
    raise EncodingUnknown


def _find_separator(start: str) -> str:
    """The one under which most cells of the first row are headers of ours; the comma when none is."""
    found, most = ",", 0
    for separator in _SEPARATORS:
        try:
            first = next((cells for cells in csv.reader(start.splitlines()[:50], delimiter=separator) if any(cells)), [])
        except csv.Error:
            continue
        known = known_columns(first[:MAX_COLUMNS])
        if known > most:
            found, most = separator, known
    return found


def _rows(text: IO[str], separator: str) -> Iterator[Row]:
    csv.field_size_limit(FIELD_LIMIT)
    row = 0
    blank_left = FREE_BLANK_ROWS
    reader = csv.reader(_lines(text, separator), delimiter=separator, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise CsvMalformed(row=row) from None
        row += 1
        if row > MAX_ROWS:
            raise TooManyRows(limit=MAX_ROWS)
        if len(cells) > MAX_COLUMNS:
            if any(cell and not cell.isspace() for cell in cells[MAX_COLUMNS:]):
                raise TooManyColumns(limit=MAX_COLUMNS)
            del cells[MAX_COLUMNS:]
        if any(cell and not cell.isspace() for cell in cells):
            blank_left += BLANK_ROWS_A_ROW
            yield row, cells
            continue
        blank_left -= 1
        if blank_left < 0:
            raise EmptyCellsMany


def _lines(text: IO[str], separator: str) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith(("\r", "\n")):
            if line.count(separator) >= MAX_COLUMNS:
                raise TooManyColumns(limit=MAX_COLUMNS)
            raise CsvMalformed(row=number)
        number += 1
        yield line
