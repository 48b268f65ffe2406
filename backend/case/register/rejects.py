"""Refused cells and rows, and the list of them that goes back to the institution."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from backend.ground.common.errors import LenderVoteError
from backend.ground.common.spreadsheets import table_csv

MAX_LISTED = 200_000
"""A longer list helps nobody: then something is wrong with the file as a whole."""
_HEADER = ("行号 row", "单元格 cell", "列 field", "规则 rule", "说明", "what to correct")


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
    more = total - len(rejects)
    last = [["", "", "", "", f"另有 {more} 处未列出", f"{more} more are not listed"]] if more > 0 else []
    return table_csv(_HEADER, [*([str(value) for value in astuple(reject)] for reject in rejects), *last])


def pack_rejects(rejects: Iterable[Reject]) -> bytes:
    """Compact bytes to keep."""
    return zlib.compress(json.dumps([astuple(reject) for reject in rejects], ensure_ascii=False).encode(), 6)


def unpack_rejects(packed: bytes) -> list[Reject]:
    """The rejects that `pack_rejects` took."""
    return [Reject(*values) for values in json.loads(zlib.decompress(packed))]
