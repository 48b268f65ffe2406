"""The columns of a claims file, and how its header row is read (protocol §18.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.register.claims.cells import Cells
from verifier.register.claims.rules import FileRefused
from verifier.register.claims.text import same_key
from verifier.register.claims.units import YUAN, Unit, unit_named

MOST_COLUMNS = 26


@dataclass(frozen=True)
class Column:
    """A column: its header and key, the longest text, whether it must be there, and what its cells may be.

    `exact`: no number is taken, since a spreadsheet would have cut it; `empty`: a cell may be empty; `brackets`: what may stand behind.
    """

    key: str
    header: str
    limit: int
    needed: bool = True
    exact: bool = False
    empty: bool = False
    brackets: frozenset[str] = frozenset()


_PASSPORTS = frozenset({"护照", "护照填写", "护照必填", "外国证件"})
COLUMNS = (
    Column("claim_no", "债权编号", 64),
    Column("lender_type", "出借人类型", 20, brackets=frozenset({"个人/企业", "个人或企业"})),
    Column("name", "姓名或名称", 120),
    Column("id_type", "证件类型", 40),
    Column("id_no", "证件号码", 40, exact=True),
    Column("mobile", "手机号", 40, exact=True, empty=True),
    Column("account", "平台账号", 80),
    Column("principal_yuan", "待收本金", 60),
    Column("voting_class", "表决组", 30, needed=False, empty=True),
    Column("related", "关联方", 10, brackets=frozenset({"是/否", "是或否"})),
    Column("note", "备注", 500, needed=False, empty=True),
    Column("issuing_country", "证件签发国家或地区", 60, needed=False, empty=True, brackets=_PASSPORTS),
)
BY_KEY = {column.key: column for column in COLUMNS}
_BY_WORD = {same_key(word): column for column in COLUMNS for word in (column.header, column.key)}
_MANNERS = frozenset({"必填", "选填", "可选", "可不填", "必填项", "选填项", "required", "optional"})
_OWN_UNIT = frozenset({"币种", "货币", "货币种类", "货币单位", "金额单位", "单位", "currency", "unit"})
_ROUND = str.maketrans("([{〔【《〈「『〖)]}〕】》〉」』〗", "(((((((((())))))))))")
_INSIDE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class _Word:
    base: str
    brackets: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """Where each column stands, from 0; the unit of amounts; where the file's own column for units stands, if it has one."""

    row: int
    places: dict[str, int]
    unit: Unit
    own_unit: int | None

    def cell(self, key: str, row: int) -> str:
        """The cell as a spreadsheet names it; the row alone where the column is not there."""
        return f"{letters(self.places[key])}{row}" if key in self.places else str(row)


def letters(place: int) -> str:
    """A column's letters; the file has no column beyond Z."""
    return chr(ord("A") + place)


def read_header(row: int, cells: Cells) -> Header:
    """Known columns by their words and known brackets; a half-known one is refused. Raises: FileRefused."""
    words = [_word(cell) for cell in cells]
    places: dict[str, int] = {}
    unit = YUAN
    for place, word in enumerate(words):
        column = _BY_WORD.get(word.base)
        if column is None:
            continue
        if column.key in places:
            raise FileRefused("ColumnTwice", column=column.header, first=letters(places[column.key]), second=letters(place))
        unit = _unit(column, word, unit, f"{letters(place)}{row}")
        places[column.key] = place
    missing = [column for column in COLUMNS if column.key not in places]
    others = [place for place, word in enumerate(words) if word.base not in _BY_WORD and (word.base or word.brackets)]
    for place in others:
        _refuse_half_known(words[place], missing, f"{letters(place)}{row}")
    absent = "、".join(column.header for column in missing if column.needed)
    if absent:
        raise FileRefused("ColumnsMissing", row=row, columns=absent)
    own_unit = next((place for place in others if words[place].base in _OWN_UNIT), None)
    return Header(row, places, unit, own_unit)


def count_known(cells: Cells) -> int:
    """How many cells are headers of ours, whatever their brackets say."""
    return sum(isinstance(cell, str) and _word(cell).base in _BY_WORD for cell in cells)


def _word(cell: object) -> _Word:
    key = same_key(cell[:200]).translate(_ROUND) if isinstance(cell, str) else str(cell)
    return _Word(_INSIDE.sub("", key).strip("*:。、"), tuple(found for found in _INSIDE.findall(key) if found))


def _unit(column: Column, word: _Word, unit: Unit, cell: str) -> Unit:
    """The unit that the brackets name, else the one there was. Raises: FileRefused for a bracket nobody knows, or two units."""
    named = {unit_named(bracket) for bracket in word.brackets} - {None} if column.key == "principal_yuan" else set()
    strange = [
        bracket
        for bracket in word.brackets
        if bracket not in _MANNERS | column.brackets and column.key != "note" and not (named and unit_named(bracket))
    ]
    if strange or len(named) > 1:
        raise FileRefused("HeaderNotKnown", cell=cell, known=column.header)
    return next((one for one in named if one is not None), unit)


def _refuse_half_known(word: _Word, missing: list[Column], cell: str) -> None:
    for column in missing:
        words = (same_key(column.header), column.key)
        if column.key != "note" and any(known in word.base for known in words):
            raise FileRefused("HeaderNotKnown", cell=cell, known=column.header)
