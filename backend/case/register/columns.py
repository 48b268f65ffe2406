"""The columns of a claims file: their keys, Chinese headers and limits, and how a header row is read (protocol §18.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.case.register.file_errors import ColumnsMissing, ColumnTwice, HeaderNotKnown
from backend.case.register.rules.units import YUAN, Unit, unit_named
from backend.ground.common.text import same_key


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `exact` ones hold numbers that a spreadsheet would cut (identity numbers, phones); `required`: the column must be there;
    `may_be_empty`: its cells need not be filled in. `brackets` are what may follow the header without changing its meaning, `aliases`
    other headers that say the same.
    """

    key: str
    zh: str
    limit: int
    required: bool = True
    exact: bool = False
    may_be_empty: bool = False
    brackets: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


COLUMNS = (
    Column("claim_no", "债权编号", 64),
    Column("lender_type", "出借人类型(个人/企业)", 20, brackets=("个人/企业", "个人或企业")),
    Column("name", "姓名或名称", 120),
    Column("id_type", "证件类型", 40),
    Column("id_no", "证件号码", 40, exact=True),
    Column("mobile", "手机号", 40, exact=True, may_be_empty=True),
    Column("account", "平台账号", 80),
    Column("principal_yuan", "待收本金(元)", 60),
    Column("voting_class", "表决组", 30, required=False, may_be_empty=True),
    Column("related", "关联方(是/否)", 10, brackets=("是/否", "是或否")),
    Column("note", "备注", 500, required=False, may_be_empty=True),
    Column(
        "issuing_country",
        "证件签发国家或地区",
        60,
        required=False,
        may_be_empty=True,
        brackets=("护照", "护照填写", "护照必填", "外国证件", "地区", "或地区"),
        aliases=("签发国", "签发国家", "签发国家或地区", "签发国家/地区", "证件签发国", "证件签发国家", "国籍", "nationality"),
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
#: Brackets that say how to fill a column in, and nothing about what it holds.
_MANNERS = frozenset({"必填", "选填", "可选", "可不填", "必填项", "选填项", "required", "optional"})
_OPENING, _CLOSING = "([{〔【《〈「『〖", ")]}〕】》〉」』〗"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "(" * len(_OPENING) + ")" * len(_CLOSING))
_BRACKETED = re.compile(r"\(([^()]*)\)")
_CURRENCY_HEADERS = frozenset({"币种", "货币", "货币种类", "货币单位", "金额单位", "单位", "currency", "unit"})
_WORDS = {same_key(word): column for column in COLUMNS for word in (column.zh.partition("(")[0], column.key)}
_BASES = _WORDS | {same_key(word): column for column in COLUMNS for word in column.aliases}


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
    """Which column stands where; `ignored` are headers that are none of ours, `unit` is what amounts are written in."""

    places: dict[str, int]
    ignored: tuple[str, ...]
    row: int = 1
    unit: Unit = YUAN
    currency: int | None = None
    """Where a column of the institution's own names each row's currency or unit, which has to be the header's."""

    def cell(self, key: str, row: int) -> str:
        """The cell's name, such as C7; only the row where the column is absent."""
        place = self.places.get(key)
        return str(row) if place is None else f"{column_letters(place)}{row}"


@dataclass(frozen=True)
class _Word:
    """A header cell: what stands outside brackets, and what in each of them."""

    base: str
    brackets: tuple[str, ...]

    @classmethod
    def of(cls, cell: object) -> _Word:
        word = same_key(str(cell)[:200]).translate(_BRACKETS)
        brackets = tuple(found for found in _BRACKETED.findall(word) if found)
        return cls(_BRACKETED.sub("", word).strip("*:。、"), brackets)


def read_header(cells: Sequence[object], row: int) -> Header:
    """Find our columns by Chinese header or key; width, case, blanks, marks and an asterisk do not matter.

    What is in brackets may change what a column holds, so only known brackets are taken: units of amounts, and manners of filling
    in. Raises: HeaderNotKnown, ColumnTwice, ColumnsMissing.
    """
    words = [_Word.of(cell) for cell in cells]
    places: dict[str, int] = {}
    unit = YUAN
    for place, word in enumerate(words):
        column = _BASES.get(word.base)
        if column is None:
            continue
        if column.key in places:
            raise ColumnTwice(column=column.zh, first=column_letters(places[column.key]), second=column_letters(place))
        units = _units(column, word)
        if units is None:
            raise _not_known(cells, place, row, column)
        places[column.key] = place
        unit = next(iter(units), unit)
    others = [place for place, word in enumerate(words) if word.base not in _BASES and (word.base or word.brackets)]
    for place in others:
        column = _half_known(words[place], places)
        if column is not None:
            raise _not_known(cells, place, row, column)
    missing = [f"{column.zh} ({column.key})" for column in COLUMNS if column.required and column.key not in places]
    if missing:
        raise ColumnsMissing(row=row, columns="、".join(missing))
    currency = next((place for place in others if words[place].base in _CURRENCY_HEADERS), None)
    return Header(places, tuple(str(cells[place])[:40] for place in others), row, unit, currency)


def known_columns(cells: Sequence[object]) -> int:
    """How many of the cells are headers of ours, whatever is in their brackets."""
    return sum(_Word.of(cell).base in _BASES for cell in cells if isinstance(cell, str))


def _units(column: Column, word: _Word) -> set[Unit] | None:
    """The unit that the brackets name, if any; None when one of them is not known, or two say different things."""
    units: set[Unit] = set()
    for bracket in word.brackets:
        unit = unit_named(bracket) if column.key == "principal_yuan" else None
        if unit is not None:
            units.add(unit)
        elif column.key != "note" and bracket not in _MANNERS and bracket not in column.brackets:
            return None
    return units if len(units) < 2 else None


def _half_known(word: _Word, places: dict[str, int]) -> Column | None:
    """The column whose words a header holds among others, if that column is nowhere else.

    To leave such a header out in silence would change what the file says.
    """
    absent = (column for base, column in _WORDS.items() if column.key not in places and column.key != "note" and base in word.base)
    return next(absent, None)


def _not_known(cells: Sequence[object], place: int, row: int, column: Column) -> HeaderNotKnown:
    return HeaderNotKnown(cell=f"{column_letters(place)}{row}", header=str(cells[place])[:40], known=column.zh)
