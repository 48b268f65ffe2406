"""How a workbook shows its numbers: as they are, as dates, per cent, in another currency, or in other units than they are kept in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from backend.case.register.workbooks.archive import Archive
from backend.case.register.workbooks.markup import Attributes, read_all
from backend.case.register.workbooks.plain_formats import first_section, shows_number, shows_text, shows_yuan

MAX_FORMATS = 66_000
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PER_CENT = frozenset({9, 10})
#: General; whole numbers and hundredths; the currency and accounting formats of the program's own country; text.
_PLAIN = frozenset({*range(9), *range(37, 45), 49})
_FIRST_OWN = 164
"""Numbers below it are the standard's."""
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.')
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-([0-9A-Fa-f]+))?\]")
_BRACKET = re.compile(r"\[[^\]]*\]")
_FOREIGN = re.compile(r"[$€£₩₽₹฿₫]|USD|HKD|EUR|GBP|JPY|TWD|MOP|SGD|AUD|CAD|KRW|美元|港元|港币|日元|欧元|英镑|台币|澳元", re.IGNORECASE)
_SCALE_WORDS = re.compile(r"[千万亿百]|[kKmM](?![a-zA-Z])")


class Shown(StrEnum):
    """What a number format makes of a number."""

    AS_IT_IS = ""
    DATE = "date"
    PER_CENT = "percent"
    FOREIGN = "foreign"
    SCALED = "scaled"
    OTHERWISE = "otherwise"
    YUAN = "yuan"


@dataclass(frozen=True, slots=True)
class Format:
    """What a cell's format makes of a number, and whether it shows text as it is."""

    number: Shown = Shown.AS_IT_IS
    text: bool = True


PLAIN = Format()
UNKNOWN = Format(Shown.OTHERWISE, text=False)
"""Of a style that is not there."""


def formats_of(archive: Archive, part: str | None) -> list[Format]:
    """By a cell's style number. Raises: FileFormatUnknown, FileTooLarge."""
    own: dict[str, list[Format]] = {}
    used: list[str] = []
    inside = ""

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside
        if name in {"cellXfs", "cellStyleXfs", "dxfs"}:
            inside = name
        elif name == "numFmt" and inside != "dxfs" and len(own) < MAX_FORMATS:
            own.setdefault(attributes.get("numFmtId", ""), []).append(format_by(attributes.get("formatCode", "")))
        elif name == "xf" and inside == "cellXfs" and len(used) < MAX_FORMATS:
            used.append(attributes.get("numFmtId", "0"))

    if part is not None:
        read_all(start, archive.pieces(part))
    return [_together([*own.get(number, ()), *_built_in(number)]) for number in used]


def format_by(code: str) -> Format:
    """What a format code makes of values."""
    if shows_number(code):
        return Format(Shown.YUAN if shows_yuan(code) else Shown.AS_IT_IS, shows_text(code))
    return Format(shown_by(code[:300]), shows_text(code))


def _together(formats: list[Format]) -> Format:
    """Programs differ in which of several formats under one number they take: each has to be plain."""
    if not formats:
        return UNKNOWN
    odd = next((each.number for each in formats if each.number), Shown.AS_IT_IS)
    return Format(odd, all(each.text for each in formats))


def shown_by(code: str) -> Shown:
    """What a format code that is none of the plain ones makes of a number above 0."""
    code = first_section(code)
    currency = _CURRENCY.search(code)
    if currency and (currency[1] or currency[2]):
        domestic = currency[1] in {"", "¥", "￥", "CNY", "RMB"} and (currency[2] or "804").lstrip("0") in {"804", "4"}
        if currency[1] and not domestic:
            return Shown.FOREIGN
    words = "".join("".join(groups) for groups in _QUOTED.findall(code))
    bare = _BRACKET.sub("", _QUOTED.sub("", code))
    if _FOREIGN.search(words + bare):
        return Shown.FOREIGN
    if "%" in bare:
        return Shown.PER_CENT
    if re.search(r"[ymdhs年月日时分秒]", bare, re.IGNORECASE) and "General" not in bare:
        return Shown.DATE
    if re.search(r"[0#?]\s*,+\s*(?:[^0#?,]|$)", bare) or _SCALE_WORDS.search(words):
        return Shown.SCALED
    return Shown.OTHERWISE


def _built_in(number: str) -> list[Format]:
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else _FIRST_OWN
    if place >= _FIRST_OWN:
        return []
    if place in _PLAIN:
        return [PLAIN]
    return [Format(Shown.DATE if place in _DATES else Shown.PER_CENT if place in _PER_CENT else Shown.OTHERWISE)]
