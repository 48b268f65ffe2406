"""A file as rows of cells with true row numbers: CSV in UTF-8 or GB18030, or XLSX."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from backend.register.archive import MAX_ROWS, check_workbook
from backend.register.file_errors import CsvMalformed, EncodingUnknown, ExtraSheets, FileEmpty, FileFormatUnknown, FileTooLarge, TooManyRows

MAX_UNPACKED_BYTES = 400 * 2**20
_FIELD_LIMIT = 32_768
_CHUNK_BYTES = 2**20
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_WIDE_TEXT = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Cells = Sequence[object]


@dataclass(frozen=True)
class Sheet:
    """Rows as (number, cells), numbers as a spreadsheet shows them; blank rows are left out. `row_estimate` is for progress only."""

    rows: Iterator[tuple[int, Cells]]
    row_estimate: int


@contextmanager
def open_sheet(path: Path) -> Iterator[Sheet]:
    """The file's one sheet, told apart by content, not by name.

    Raises: FileRefused and its branches, also while rows are read.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty
    if size > MAX_UNPACKED_BYTES:
        raise FileTooLarge(limit_mb=MAX_UNPACKED_BYTES // 2**20)
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(b"PK\x03\x04"):
            yield _open_xlsx(path)
        elif start.startswith((_OLD_OFFICE, b"%PDF")):
            raise FileFormatUnknown
        elif start.startswith(_WIDE_TEXT):
            raise EncodingUnknown
        else:
            file.seek(0)
            encoding, lines = _find_encoding(file)
            with path.open(encoding=encoding, newline="") as text:
                yield Sheet(_csv_rows(text), lines)


def _find_encoding(file: IO[bytes]) -> tuple[str, int]:
    """The encoding in which the whole file reads strictly, and how many lines it has."""
    for encoding in ("utf-8-sig", "gb18030"):
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


def _csv_rows(text: IO[str]) -> Iterator[tuple[int, Cells]]:
    csv.field_size_limit(_FIELD_LIMIT)
    row = 0
    reader = csv.reader(text, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise CsvMalformed(row=row) from None
        row += 1
        _check_row_count(row)
        if any(cell and not cell.isspace() for cell in cells):
            yield row, cells


def _open_xlsx(path: Path) -> Sheet:
    from python_calamine import CalamineWorkbook

    check_workbook(path, MAX_UNPACKED_BYTES)
    try:
        with path.open("rb") as file:
            workbook: Any = CalamineWorkbook.from_filelike(file)
            sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
    except Exception as error:
        raise FileFormatUnknown from error
    filled = [sheet for sheet in sheets if sheet.height]
    if not filled:
        raise FileEmpty
    if len(filled) > 1:
        raise ExtraSheets(names="、".join(sheet.name[:31] for sheet in filled[:5]))
    return Sheet(_xlsx_rows(filled[0]), filled[0].total_height)


def _xlsx_rows(sheet: Any) -> Iterator[tuple[int, Cells]]:
    left = [""] * sheet.start[1]  # the reader leaves out empty columns on the left, but no rows
    for row, cells in enumerate(sheet.iter_rows(), start=1):
        _check_row_count(row)
        if any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in cells):
            yield row, [*left, *cells] if left else cells


def _check_row_count(row: int) -> None:
    if row > MAX_ROWS:
        raise TooManyRows(limit=MAX_ROWS)
