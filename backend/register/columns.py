"""The columns of a claims file: their keys, Chinese headers and limits, and how a header row is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from backend.register.file_errors import ColumnsMissing, ColumnTwice


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `exact` ones hold numbers that a spreadsheet would cut (identity numbers, phones)."""

    key: str
    zh: str
    limit: int
    required: bool = True
    exact: bool = False


COLUMNS = (
    Column("claim_no", "债权编号", 64),
    Column("lender_type", "出借人类型(个人/企业)", 20),
    Column("name", "姓名或名称", 120),
    Column("id_type", "证件类型", 40),
    Column("id_no", "证件号码", 40, exact=True),
    Column("mobile", "手机号", 40, exact=True),
    Column("account", "平台账号", 80),
    Column("principal_yuan", "待收本金(元)", 60),
    Column("voting_class", "表决组", 30, required=False),
    Column("related", "关联方(是/否)", 10),
    Column("note", "备注", 500, required=False),
)
BY_KEY = {column.key: column for column in COLUMNS}
_BRACKETED = re.compile(r"\([^)]*\)")


def _header_word(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


_BY_HEADER = {
    word: column.key for column in COLUMNS for word in (_header_word(column.zh), _BRACKETED.sub("", _header_word(column.zh)), column.key)
}


def column_letters(place: int) -> str:
    """The letters over a column as spreadsheets write them: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True)
class Header:
    """Which column stands where; `ignored` are headers that are none of ours."""

    places: dict[str, int]
    ignored: tuple[str, ...]

    def cell(self, key: str, row: int) -> str:
        """The cell's name, such as C7; only the row where the column is absent."""
        place = self.places.get(key)
        return str(row) if place is None else f"{column_letters(place)}{row}"


def read_header(cells: Sequence[object], row: int) -> Header:
    """Find our columns by Chinese header or key; width, case, spaces and what stands in brackets do not matter.

    Raises: ColumnTwice, ColumnsMissing.
    """
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(cells):
        word = _header_word(str(cell)[:200])
        key = _BY_HEADER.get(word) or _BY_HEADER.get(_BRACKETED.sub("", word))
        if key is None:
            ignored += [str(cell)[:40]] if word else []
        elif key in places:
            raise ColumnTwice(column=BY_KEY[key].zh, first=column_letters(places[key]), second=column_letters(place))
        else:
            places[key] = place
    missing = [f"{column.zh} ({column.key})" for column in COLUMNS if column.required and column.key not in places]
    if missing:
        raise ColumnsMissing(row=row, columns="、".join(missing))
    return Header(places, tuple(ignored))
