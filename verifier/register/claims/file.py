"""A claims file, told apart by what is in it, as lenders and as rules that it breaks (protocol §18)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from verifier.register.claims.cells import Cells
from verifier.register.claims.columns import Header, read_header
from verifier.register.claims.merge import Merge
from verifier.register.claims.merged_cells import broken_by
from verifier.register.claims.rows import Broken, RowBroken, phone_text, read_claim
from verifier.register.claims.rules import FileRefused
from verifier.register.claims.text_table import text_rows
from verifier.register.claims.unseen import Unseen
from verifier.register.claims.workbook.book import open_workbook

MOST_BYTES = 400 * 2**20
#: So many broken rows, and more than half of all, and the rest would say nothing new.
HOPELESS_ROWS = 5_000
_TOLD_EVERY = 1_000
_OTHER_FILES = (b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf", b"PK", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")

Rows = Iterator[tuple[int, Cells]]
Told = Callable[[int], object]


def _silent(_: int) -> None:
    """Nobody is told."""


@dataclass
class ClaimsFile:
    """What was read: lenders, and every broken rule (`kept` of them at most; all are counted)."""

    header: Header
    merge: Merge
    unseen: Unseen
    rows: int = 0
    broken_rows: int = 0
    broken_total: int = 0
    broken: list[Broken] = field(default_factory=list)

    def refuse(self, found: Sequence[Broken], kept: int) -> None:
        """Note one row's broken rules."""
        self.broken_rows += bool(found)
        self.broken_total += len(found)
        self.broken += found[: max(0, kept - len(self.broken))]


def read_claims(path: Path, told: Told = _silent, kept: int = 1_000) -> ClaimsFile:
    """The file as a whole; `told` hears of rows done. Raises: FileRefused, OSError."""
    with _open(path) as (rows, merged, unseen):
        first = next(rows, None)
        if first is None:
            raise FileRefused("FileEmpty")
        header = read_header(*first)
        claims = ClaimsFile(header, Merge(header), unseen)
        last_row = 0
        for row, cells in rows:
            claims.rows += 1
            last_row = row
            _take(claims, row, cells, kept)
            if claims.rows % _TOLD_EVERY == 0:
                told(_TOLD_EVERY)
            if claims.broken_rows > HOPELESS_ROWS and 2 * claims.broken_rows > claims.rows:
                break
        if not claims.rows:
            raise FileRefused("FileEmpty")
        for broken in broken_by(merged, header, last_row):
            claims.refuse([broken], kept)
    return claims


def _take(claims: ClaimsFile, row: int, cells: Cells, kept: int) -> None:
    try:
        claim = read_claim(claims.header, row, cells)
    except RowBroken as error:
        claims.refuse([*error.broken, *claims.merge.note_broken(row, error.claim_no)], kept)
        return
    try:
        claims.merge.add(claim)
    except RowBroken as error:
        claims.refuse(error.broken, kept)


@contextmanager
def _open(path: Path) -> Iterator[tuple[Rows, Sequence[str], Unseen]]:
    """Rows; ranges of merged cells, and what people do not see, which are complete once the rows were gone through."""
    size = path.stat().st_size
    if not size:
        raise FileRefused("FileEmpty")
    if size > MOST_BYTES:
        raise FileRefused("FileTooLarge", limit_mb=MOST_BYTES // 2**20)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        with open_workbook(path) as (sheet, rows):
            yield iter(rows), sheet.merged, sheet.unseen
    elif start.startswith(_OTHER_FILES):
        raise FileRefused("FileFormatUnknown")
    else:
        yield iter(text_rows(path)), (), Unseen()


def phone_cells(path: Path) -> Iterator[tuple[int, str]]:
    """(row, text) of every phone cell: for whoever has to reach lenders, not for the check. Raises: FileRefused, OSError."""
    with _open(path) as (rows, _, _):
        first = next(rows, None)
        if first is None:
            raise FileRefused("FileEmpty")
        header = read_header(*first)
        for row, cells in rows:
            yield row, phone_text(header, row, cells)
