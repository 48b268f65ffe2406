"""Refused cells and rows, and the list of them that goes back to the institution."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from backend.common.errors import LenderVoteError

MAX_LISTED = 200_000
"""A longer list helps nobody: then something is wrong with the file as a whole."""
_HEADER = ("行号 row", "单元格 cell", "列 field", "规则 rule", "说明", "what to mend")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Reject:
    """One broken rule: row and cell as a spreadsheet names them, the column's key, the rule's name, and the sentence in both languages."""

    row: int
    cell: str
    field: str
    rule: str
    message_zh: str
    message_en: str


def reject_of(row: int, cell: str, field: str, error: LenderVoteError) -> Reject:
    """The reject for an error."""
    if not error.facts:  # the common case in a file that is wrong throughout: the sentences are shared, not copied
        return Reject(row, cell, field, error.code, error.zh, error.en)
    return Reject(row, cell, field, error.code, error.say("zh"), error.say("en"))


def rejects_csv(rejects: Sequence[Reject], total: int) -> bytes:
    """The reject list for spreadsheets: UTF-8 with BOM, and nothing in it that a spreadsheet would run.

    Where the list was cut at MAX_LISTED, its last line says how many there are in all.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for reject in rejects:
        writer.writerow([harmless(str(value)) for value in astuple(reject)])
    if total > len(rejects):
        more = total - len(rejects)
        writer.writerow(["", "", "", "", f"另有 {more} 处未列出", f"{more} more are not listed"])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def harmless(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def pack_rejects(rejects: Iterable[Reject]) -> bytes:
    """Compact bytes to keep."""
    return zlib.compress(json.dumps([astuple(reject) for reject in rejects], ensure_ascii=False).encode(), 6)


def unpack_rejects(packed: bytes) -> list[Reject]:
    """The rejects that `pack_rejects` took."""
    return [Reject(*values) for values in json.loads(zlib.decompress(packed))]
