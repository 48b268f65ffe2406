"""How a workbook shows its numbers: as they are, as dates, per cent, in another currency, or in other units than they are kept in."""

from __future__ import annotations

import re
from enum import StrEnum

from backend.case.register.workbooks.archive import Archive
from backend.case.register.workbooks.markup import Attributes, local, read_all

MAX_FORMATS = 66_000
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PER_CENT = frozenset({9, 10})
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.')
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-([0-9A-Fa-f]+))?\]")
_BRACKET = re.compile(r"\[[^\]]*\]")
_FOREIGN = re.compile(r"[$€£₩₽₹฿₫]|USD|HKD|EUR|GBP|JPY|TWD|MOP|SGD|AUD|CAD|KRW|美元|港元|港币|日元|欧元|英镑|台币|澳元", re.IGNORECASE)
_CHINESE = frozenset({"804", "004", "4"})
_SCALE_WORDS = re.compile(r"[千万亿百]|[kKmM](?![a-zA-Z])")


class Shown(StrEnum):
    """What a number format makes of a number."""

    AS_IT_IS = ""
    DATE = "date"
    PER_CENT = "percent"
    FOREIGN = "foreign"
    SCALED = "scaled"


def formats_of(archive: Archive, part: str | None) -> list[Shown]:
    """By a cell's style number. Raises: FileFormatUnknown, FileTooLarge."""
    own: dict[str, str] = {}
    used: list[str] = []
    inside = ""

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside
        kind = local(name)
        if kind in {"cellXfs", "cellStyleXfs", "dxfs"}:
            inside = kind
        elif kind == "numFmt" and inside != "dxfs" and len(own) < MAX_FORMATS:
            own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:300]
        elif kind == "xf" and inside == "cellXfs" and len(used) < MAX_FORMATS:
            used.append(attributes.get("numFmtId", "0"))

    if part is not None:
        read_all(start, archive.pieces(part))
    shown = {number: shown_by(code) for number, code in own.items()}
    return [shown.get(number) or _built_in(number) for number in used]


def shown_by(code: str) -> Shown:
    """What a format code makes of a number above 0."""
    code = code.partition(";")[0]
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
    return Shown.AS_IT_IS


def _built_in(number: str) -> Shown:
    place = int(number) if number.isascii() and number.isdigit() else 0
    if place in _DATES:
        return Shown.DATE
    return Shown.PER_CENT if place in _PER_CENT else Shown.AS_IT_IS
