"""The process that reads one workbook: `python -m backend.case.register.workbooks.child FILE`; JSON lines on standard output.

It has an end to its memory and its time, so that a crafted workbook stops this process and nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from backend.case.register.columns import known_columns
from backend.case.register.file_errors import ExtraSheets, FileEmpty, FileRefused, SheetsHidden
from backend.case.register.workbooks.archive import Archive
from backend.case.register.workbooks.book import SheetPart, read_book, strings_part, styles_part
from backend.case.register.workbooks.cells import Row, SheetReader
from backend.case.register.workbooks.strings import read_strings
from backend.case.register.workbooks.styles import formats_of

MEMORY_BYTES = 768 * 2**20
CPU_SECONDS, CPU_SECONDS_A_MB = 10, 4
ROWS_A_LINE = 100
#: So many of our headers on a hidden sheet, and it holds claims.
OURS = 4


def main(path: Path) -> int:
    """0 when the workbook was read or refused with its reason."""
    seconds = CPU_SECONDS + CPU_SECONDS_A_MB * (path.stat().st_size >> 20)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    try:
        for line in read(path):
            _write(line)
    except FileRefused as error:
        _write({"refused": error.code, "facts": error.facts})
    except MemoryError:
        return 1
    return 0


def read(path: Path) -> Iterator[dict[str, Any]]:
    """First what the sheet is, then its rows, then what of it a person does not see. Raises: FileRefused and its branches."""
    archive = Archive(path)
    try:
        book = read_book(archive)
        strings = read_strings(archive, strings_part(archive))
        formats = formats_of(archive, styles_part(archive))
        begun = [(sheet, *_begin(SheetReader(archive, sheet.part, strings, formats))) for sheet in book.sheets]
        sheet, reader, rows = _chosen(begun)
        reader.choose(works_out_again=book.works_out_again)
        left_out = [each.name[:31] for each, _, first, _ in begun if first is not None and each is not sheet]
        yield {"rows": max(reader.last_row - 1, 0), "left_out": left_out[:20]}
        yield from _in_lines(rows)
        yield {"unseen": vars(reader.unseen)}
    finally:
        archive.close()


def _in_lines(rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    while waiting := list(islice(rows, ROWS_A_LINE)):
        yield {"rows": waiting}


def _begin(reader: SheetReader) -> tuple[SheetReader, Row | None, Iterator[Row]]:
    """Up to the first row with a value; a sheet without any gives None."""
    rows = reader.rows()
    first = next(rows, None)
    return reader, first, rows if first is None else chain((first,), rows)


def _chosen(begun: list[tuple[SheetPart, SheetReader, Row | None, Iterator[Row]]]) -> tuple[SheetPart, SheetReader, Iterator[Row]]:
    """The one sheet with content that a person sees; a hidden one beside it may hold lists, but no claims."""
    filled = [each for each in begun if each[2] is not None]
    seen = [each for each in filled if not each[0].hidden]
    if not filled:
        raise FileEmpty
    if not seen:
        raise SheetsHidden(names=_names([each[0] for each in filled]))
    claims_hidden = [each for each in filled if each[0].hidden and each[2] and known_columns(each[2][1]) >= OURS]
    if len(seen) > 1 or claims_hidden:
        raise ExtraSheets(names=_names([each[0] for each in (*seen, *claims_hidden)]))
    sheet, reader, _, rows = seen[0]
    return sheet, reader, rows


def _names(sheets: list[SheetPart]) -> str:
    return "、".join(sheet.name[:31] + ("（隐藏 hidden）" if sheet.hidden else "") for sheet in sheets[:5])


def _write(line: dict[str, Any]) -> None:
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")  # half a character is refused by the cell that has it
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
