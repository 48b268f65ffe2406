"""CSV and its kin as rows of cells: encoding, separator, lines and cells that end (protocol §18.2)."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from verifier.register.claims.columns import MOST_COLUMNS, count_known
from verifier.register.claims.rules import FileRefused

MOST_ROWS = 2_000_000
MOST_LINE = 2**18
_MOST_CELL = 32_768
_PIECE_BYTES = 2**20
_SEPARATORS = ",\t;|，"
_NAMED = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|head|meta|\?xml|workbook)", re.IGNORECASE)

TextRow = tuple[int, list[str]]


def text_rows(path: Path) -> Iterator[TextRow]:
    """Rows with something in them, by the numbers that a spreadsheet gives them. Raises: FileRefused, OSError."""
    with path.open(encoding=_encoding(path), newline="") as file:
        start = file.read(MOST_LINE)
        if _MARKUP.match(start):
            raise FileRefused("FileFormatUnknown")
        file.seek(0)
        first = start.splitlines()[0] if start else ""
        named = _NAMED.fullmatch(first)
        rows = _rows(file, named[1] if named else _separator(start))
        if named:
            next(rows, None)
        yield from rows


def _encoding(path: Path) -> str:
    """The encoding in which the whole file can be read. Raises: FileRefused."""
    with path.open("rb") as file:
        wide = file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
            decoder = codecs.getincrementaldecoder(encoding)("strict")
            file.seek(0)
            try:
                while piece := file.read(_PIECE_BYTES):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return encoding
    raise FileRefused("EncodingUnknown")


def _separator(start: str) -> str:
    """The separator under which most cells of the first row are headers of ours; the comma when none are."""
    lines = start.splitlines()[:50]
    best, most = ",", 0
    for separator in _SEPARATORS:
        try:
            first = next((cells for cells in csv.reader(lines, delimiter=separator) if any(cells)), [])
        except csv.Error:
            continue
        known = count_known(first[:MOST_COLUMNS])
        if known > most:
            best, most = separator, known
    return best


def _rows(file: TextIO, separator: str) -> Iterator[TextRow]:
    csv.field_size_limit(_MOST_CELL)
    number = 0
    reader = csv.reader(_lines(file, separator), delimiter=separator, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise FileRefused("CsvMalformed", row=number) from None
        number += 1
        if number > MOST_ROWS:
            raise FileRefused("TooManyRows", limit=MOST_ROWS)
        if any(cell and not cell.isspace() for cell in cells[MOST_COLUMNS:]):
            raise FileRefused("TooManyColumns", limit=MOST_COLUMNS)
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells[:MOST_COLUMNS]


def _lines(file: TextIO, separator: str) -> Iterator[str]:
    """Lines that end; one that does not, ends the reading."""
    count = 0
    while line := file.readline(MOST_LINE):
        if len(line) == MOST_LINE and line[-1] not in "\r\n":
            raise FileRefused("TooManyColumns" if line.count(separator) >= MOST_COLUMNS else "CsvMalformed", limit=MOST_COLUMNS, row=count)
        count += 1
        yield line
