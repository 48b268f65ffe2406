"""What number formats make of numbers: dates, parts of a hundred, other currencies, other units (protocol §18.2)."""

from __future__ import annotations

import re

from verifier.register.claims.cells import Odd
from verifier.register.claims.workbook.markup import Attributes, parse_whole
from verifier.register.claims.workbook.package import Package

_PART = "xl/styles.xml"
_MOST = 66_000
_BUILT_IN = {
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), Odd.DATE),
    9: Odd.PER_CENT,
    10: Odd.PER_CENT,
}
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.')
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-([0-9A-Fa-f]+))?\]")
_BRACKET = re.compile(r"\[[^\]]*\]")
_FOREIGN = re.compile(r"[$€£₩₽₹฿₫]|USD|HKD|EUR|GBP|JPY|TWD|MOP|SGD|AUD|CAD|KRW|美元|港元|港币|日元|欧元|英镑|台币|澳元", re.IGNORECASE)
_OURS = frozenset({"", "¥", "￥", "CNY", "RMB"})
_DATE = re.compile("[ymdhs年月日时分秒]", re.IGNORECASE)
_SCALING = re.compile(r"[0#?]\s*,+\s*(?:[^0#?,]|$)")
_SCALE_WORD = re.compile(r"[千万亿百]|[kKmM](?![a-zA-Z])")


def odd_formats(package: Package) -> list[Odd | None]:
    """By the number of a cell's style; None for those that show a number as it is. Raises: FileRefused."""
    codes: dict[str, str] = {}
    used: list[str] = []
    inside = ""

    def begins(name: str, attributes: Attributes) -> None:
        nonlocal inside
        if name in {"cellXfs", "cellStyleXfs", "dxfs"}:
            inside = name
        elif name == "numFmt" and inside != "dxfs" and len(codes) < _MOST:
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:300]
        elif name == "xf" and inside == "cellXfs" and len(used) < _MOST:
            used.append(attributes.get("numFmtId", "0"))

    if _PART in package:
        parse_whole(package.pieces(_PART), begins)
    own = {number: odd_of(code) for number, code in codes.items()}
    return [own.get(number) or _built_in(number) for number in used]


def odd_of(code: str) -> Odd | None:
    """What a format code makes of a number above 0."""
    code = code.partition(";")[0]
    currency = _CURRENCY.search(code)
    if currency and currency[1] and not _is_ours(currency[1], currency[2] or "804"):
        return Odd.FOREIGN
    words = "".join("".join(found) for found in _LITERAL.findall(code))
    bare = _BRACKET.sub("", _LITERAL.sub("", code))
    if _FOREIGN.search(words + bare):
        return Odd.FOREIGN
    if "%" in bare:
        return Odd.PER_CENT
    if _DATE.search(bare) and "General" not in bare:
        return Odd.DATE
    return Odd.SCALED if _SCALING.search(bare) or _SCALE_WORD.search(words) else None


def _is_ours(sign: str, place: str) -> bool:
    return sign in _OURS and place.lstrip("0") in {"804", "4"}


def _built_in(number: str) -> Odd | None:
    return _BUILT_IN.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else None
