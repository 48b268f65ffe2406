"""What number formats make of numbers: dates, parts of a hundred, other currencies, other units (protocol §18.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.register.claims.cells import Odd
from verifier.register.claims.workbook.markup import Attributes, parse_whole
from verifier.register.claims.workbook.package import Package
from verifier.register.claims.workbook.plain import number_in, sections, text_in

_PART = "xl/styles.xml"
_MOST = 66_000
_BUILT_IN = {
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), Odd.DATE),
    9: Odd.PER_CENT,
    10: Odd.PER_CENT,
}
#: General; 0 and 0.00 with and without separators; the currency and accounting formats of a program's own country; text.
_PLAIN_BUILT_IN = frozenset({*range(9), *range(37, 45), 49})
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.')
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-([0-9A-Fa-f]+))?\]")
_BRACKET = re.compile(r"\[[^\]]*\]")
_FOREIGN = re.compile(r"[$€£₩₽₹฿₫]|USD|HKD|EUR|GBP|JPY|TWD|MOP|SGD|AUD|CAD|KRW|美元|港元|港币|日元|欧元|英镑|台币|澳元", re.IGNORECASE)
_OURS = frozenset({"", "¥", "￥", "CNY", "RMB"})
_DATE = re.compile("[ymdhs年月日时分秒]", re.IGNORECASE)
_SCALING = re.compile(r"[0#?]\s*,+\s*(?:[^0#?,]|$)")
_SCALE_WORD = re.compile(r"[千万亿百]|[kKmM](?![a-zA-Z])")


@dataclass(frozen=True, slots=True)
class Format:
    """What a format makes of numbers and of text; None where it shows them as they are."""

    number: Odd | None = None
    text: Odd | None = None


#: Numbers below it are the standard's.
_FIRST_OWN = 164
#: Of a cell that names no style in a workbook without any.
NO_FORMAT = Format()
#: Of a cell that names a style which is not there.
UNKNOWN_FORMAT = Format(Odd.OTHERWISE, Odd.TEXT)


def read_formats(package: Package) -> list[Format]:
    """By the number of a cell's style. Raises: FileRefused."""
    codes: dict[str, list[Format]] = {}
    used: list[str] = []
    inside = ""

    def begins(name: str, attributes: Attributes) -> None:
        nonlocal inside
        if name in {"cellXfs", "cellStyleXfs", "dxfs"}:
            inside = name
        elif name == "numFmt" and inside != "dxfs" and len(codes) < _MOST:
            codes.setdefault(attributes.get("numFmtId", ""), []).append(format_of(attributes.get("formatCode", "")))
        elif name == "xf" and inside == "cellXfs" and len(used) < _MOST:
            used.append(attributes.get("numFmtId", "0"))

    if _PART in package:
        parse_whole(package.pieces(_PART), begins)
    return [_format_under(number, codes.get(number, [])) for number in used]


def _format_under(number: str, codes: list[Format]) -> Format:
    """All that a file says of a number, and the standard of its own numbers: programs differ in whom they follow."""
    found = [*codes, *_built_in(number)]
    if not found:
        return UNKNOWN_FORMAT
    return Format(next((each.number for each in found if each.number), None), next((each.text for each in found if each.text), None))


def format_of(code: str) -> Format:
    """What a format code makes of values."""
    return Format(odd_of(code[:300]) if number_in(code) is Odd.OTHERWISE else number_in(code), text_in(code))


def odd_of(code: str) -> Odd:
    """What a format code that is not plain makes of a number above 0."""
    code = sections(code)[0]
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
    return Odd.SCALED if _SCALING.search(bare) or _SCALE_WORD.search(words) else Odd.OTHERWISE


def _is_ours(sign: str, place: str) -> bool:
    return sign in _OURS and place.lstrip("0") in {"804", "4"}


def _built_in(written: str) -> list[Format]:
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else -1
    if number in _PLAIN_BUILT_IN:
        return [NO_FORMAT]
    return [Format(_BUILT_IN.get(number, Odd.OTHERWISE))] if 0 <= number < _FIRST_OWN else []
