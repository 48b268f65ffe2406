"""A claims file as rows of cells with true row numbers, whatever kind of file it is; told apart by content, not by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backend.case.register.cell_values import Cells
from backend.case.register.csv_text import open_csv
from backend.case.register.file_errors import FileEmpty, FileFormatUnknown, FileTooLarge
from backend.case.register.workbooks.apart import Workbook, open_workbook

MAX_UNPACKED_BYTES = 400 * 2**20
_ARCHIVE = b"PK\x03\x04"
_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"PK", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x1f\x8b", "GZ"),
)


@dataclass(frozen=True)
class Unseen:
    """What of a workbook a person does not see, and cells that look as if they had content."""

    left_out_sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    first_hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    merged: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Sheet:
    """Rows as (number, cells), numbers as a spreadsheet shows them; blank rows are left out. `row_estimate` is for progress only.

    `unseen` is complete once all rows were gone through.
    """

    rows: Iterator[tuple[int, Cells]]
    row_estimate: int
    unseen: Callable[[], Unseen] = Unseen


@contextmanager
def open_sheet(path: Path) -> Iterator[Sheet]:
    """The file's one sheet. Raises: FileRefused and its branches, also while rows are read."""
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty
    if size > MAX_UNPACKED_BYTES:
        raise FileTooLarge(limit_mb=MAX_UNPACKED_BYTES // 2**20)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_ARCHIVE):
        with open_workbook(path) as book:
            yield Sheet(book.rows, book.row_estimate, lambda: _unseen(book))
        return
    for mark, kind in _OTHER_KINDS:
        if start.startswith(mark):
            raise FileFormatUnknown(kind=kind)
    with open_csv(path) as text:
        yield Sheet(text.rows, text.lines)


def _unseen(book: Workbook) -> Unseen:
    return Unseen(book.left_out, book.hidden_rows, book.first_hidden_rows, book.hidden_columns, book.merged)
