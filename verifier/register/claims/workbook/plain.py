"""Number formats that show a value as it is: a list, and whatever is not on it is not taken (protocol §18.2)."""

from __future__ import annotations

import re

from verifier.register.claims.cells import Odd

_LONGEST = 255
"""No spreadsheet program writes a longer one."""
_PAD = r'(?:_(?s:.)|\* | |[\\!] |" +")'
_SIGN = r'(?:[\\!]?[¥￥]|"(?:¥|￥|CNY|RMB|人民币) *"|\[\$(?:¥|￥|CNY|RMB)?(?:-(?:0*804|0*4|zh(?:-CN|-Hans|-Hans-CN)?))?\])'
_FIGURE = r"(?:General|G/通用格式|[#0?]+(?:,[#0?]+)*(?:\.[#0?]+)?)"
_COLOUR = r"(?:\[(?:Black|Blue|Green|Red)\])?"
_YUAN = r'([\\!]?元|"元")?'
_MINUS = r'(?:[\\!]?[-()]|"[-()]")'
_NUMBER = re.compile(f"{_COLOUR}(?:{_PAD}|{_SIGN})*{_FIGURE}(?:{_PAD}|{_SIGN})*{_YUAN}{_PAD}*", re.IGNORECASE)
_NEGATIVE = re.compile(
    f"{_COLOUR}(?:{_PAD}|{_SIGN}|{_MINUS})*{_FIGURE}(?:{_PAD}|{_SIGN}|{_MINUS})*{_YUAN}(?:{_PAD}|{_MINUS})*", re.IGNORECASE
)
_ZERO = re.compile(rf"{_COLOUR}(?:{_PAD}|{_SIGN})*(?:{_MINUS}\?*{_PAD}*)?", re.IGNORECASE)
_TEXT = re.compile(f"{_COLOUR}{_PAD}*@{_PAD}*", re.IGNORECASE)
_TOKEN = re.compile(r'"[^"]*"|[\\!_*].|\[[^\]]*\]|.', re.DOTALL)


def number_in(code: str) -> Odd | None:
    """None where a number is shown as it is; whether in yuan is for the header to say."""
    if len(code) > _LONGEST:
        return Odd.OTHERWISE
    if _TEXT.fullmatch(code):
        return None
    number, *more = sections(code)
    found = _NUMBER.fullmatch(number)
    if found is None or len(more) > 3:
        return Odd.OTHERWISE
    if more and more[0] and not (_NEGATIVE.fullmatch(more[0]) or (len(more) == 1 and _TEXT.fullmatch(more[0]))):
        return Odd.OTHERWISE
    if len(more) > 1 and not any(each.fullmatch(more[1]) for each in (_NUMBER, _ZERO, _TEXT)):
        return Odd.OTHERWISE
    return Odd.YUAN if found[1] else None


def text_in(code: str) -> Odd | None:
    """None where text is shown as it is: by the fourth section, by one with @, or by none."""
    parts = sections(code)
    for_text = [part for place, part in enumerate(parts) if place > 2 or "@" in _bare(part)]
    plain = len(code) <= _LONGEST and all(map(_TEXT.fullmatch, for_text)) and len(for_text) < 2 and len(parts) < 5
    return None if plain else Odd.TEXT


def sections(code: str) -> list[str]:
    """The parts between semicolons that are none of a literal."""
    found = [""]
    for piece in _TOKEN.findall(code):
        if piece == ";":
            found.append("")
        else:
            found[-1] += piece
    return found


def _bare(section: str) -> str:
    return "".join(piece for piece in _TOKEN.findall(section) if len(piece) == 1)
