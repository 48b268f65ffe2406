"""The service's side of reading a workbook: it starts the process that reads, and takes its rows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from backend.case.register import file_errors
from backend.case.register.file_errors import FileRefused, WorkbookTooDemanding
from backend.case.register.odd_cells import OddCell, OddKind
from backend.ground.common.at_once import AtOnce

AT_ONCE, WAIT_SECONDS = 3, 120.0
MAX_LINE_BYTES = 64 * 2**20
_ROOT = Path(__file__).parents[4]
_readers = AtOnce(AT_ONCE, WAIT_SECONDS)


@dataclass
class Workbook:
    """A workbook's one sheet of claims; what is in `unseen` is complete once the rows were gone through."""

    rows: Iterator[tuple[int, list[object]]]
    row_estimate: int
    left_out: tuple[str, ...]
    hidden_rows: int = 0
    first_hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    merged: tuple[str, ...] = field(default=())


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """Read in a process of its own. Raises: FileRefused and its branches, also while rows are read; Busy."""
    command = [sys.executable, "-m", "backend.case.register.workbooks.child", str(path.resolve())]
    null = subprocess.DEVNULL
    with (
        _readers.place(),
        subprocess.Popen(command, cwd=_ROOT, stdin=null, stdout=subprocess.PIPE, stderr=null) as process,  # noqa: S603 our own module
    ):
        assert process.stdout is not None, "it was asked for"
        try:
            lines = _lines(process.stdout)
            head = next(lines, {})
            book = Workbook(iter(()), int(head.get("rows", 0)), tuple(head.get("left_out", ())))
            book.rows = _rows(lines, book)
            yield book
        finally:
            process.kill()


def _rows(lines: Iterator[dict[str, Any]], book: Workbook) -> Iterator[tuple[int, list[object]]]:
    for line in lines:
        for number, values in line.get("rows", ()):
            yield number, [_odd(value) if isinstance(value, dict) else value for value in values]
        if "unseen" in line:
            unseen = line["unseen"]
            book.hidden_rows = unseen["hidden_rows"]
            book.first_hidden_rows = tuple(unseen["first_hidden_rows"])
            book.hidden_columns = tuple(unseen["hidden_columns"])
            book.merged = tuple(unseen["merged"])
            return
    raise WorkbookTooDemanding


def _lines(out: IO[bytes]) -> Iterator[dict[str, Any]]:
    while line := out.readline(MAX_LINE_BYTES):
        try:
            read: dict[str, Any] = json.loads(line.decode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise WorkbookTooDemanding from error  # cut off in mid-line
        if "refused" in read:
            raise _refusal(read["refused"], read["facts"])
        yield read


def _refusal(code: str, facts: dict[str, Any]) -> FileRefused:
    kind = getattr(file_errors, code, None)
    if not (isinstance(kind, type) and issubclass(kind, FileRefused)):
        return WorkbookTooDemanding()
    return kind(**facts)


def _odd(value: dict[str, Any]) -> OddCell:
    return OddCell(OddKind(value["odd"]), value.get("number"), value.get("text", ""))
