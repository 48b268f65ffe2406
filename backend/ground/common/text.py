"""Text that came from outside: one way to clean it, one way to compare it (protocol §18.1).

What is invisible goes, what cannot be stored or shown is refused, everything else stays as it was written: rare Han, variation
sequences, names with ·, letters of any script. Rules go by Unicode properties; `tests/vectors/text.json` holds them, for the issuer too.
"""

from __future__ import annotations

import re
import unicodedata

from backend.ground.common.errors import BadInput
from backend.ground.common.private_use import MAPPED_PRIVATE_USE


class TextNotPlain(BadInput):
    """A control character, half a character, a private or lost one: no database, page or paper can hold it."""

    zh = "含有控制字符、乱码或无法保存的字符（{character}），请删除或重新录入。"
    en = "There is a control character, or one that was lost or cannot be kept ({character}): take it out or enter it again."


class TextTooLong(BadInput):
    """More characters than the field takes."""

    zh = "内容过长：有 {length} 个字，最多 {limit} 个字。"
    en = "Too long: {length} characters, at most {limit} are taken."


class TextMissing(BadInput):
    """Nothing was written, or nothing that can be seen."""

    zh = "此项必须填写。"
    en = "This must be filled in."


# Surely ordinary: printable ASCII, ·, Han as everybody writes them, and their punctuation.
_ORDINARY = re.compile("[ -~\u00b7\u2018-\u201d\u3001-\u3011\u4e00-\u9fa5\uff01-\uff5e]*")
# The property White_Space, without what is also a line's end.
_BLANKS = "\t\x0b\x0c \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800"
_LINE_ENDS = "\n\r\x85\u2028\u2029"
_BLANK_RUN = re.compile(f"[{_BLANKS}{_LINE_ENDS}]+")
_PROSE_BLANK = re.compile(f"[{_BLANKS}]")
_PROSE_END = re.compile(f"\r\n|[{_LINE_ENDS}]")
_SPACES = frozenset("\t\n\x0b\x0c\r \x85")
# The property Default_Ignorable_Code_Point; general category Cf is looked up besides.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# The property Variation_Selector.
_SELECTOR = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_KEYED = re.compile("[0-9A-Za-z._/-]*")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58]")
# Letters of two scripts that nobody can tell apart on a screen.
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜаеорсухѕіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABESIJKMHOPCTYXQWaeopcyxsijABEZHIKMNOPTYXo",
)


def line(text: str, limit: int) -> str:
    """One line of at most `limit` characters: without what is invisible, blanks single, none at the ends.

    Raises: TextNotPlain, TextTooLong.
    """
    if len(text) <= limit and _ORDINARY.fullmatch(text) and "  " not in text and text[:1] != " " != text[-1:]:
        return text  # nearly all
    _check_length(text, 4 * limit + 64, limit)  # blanks and marks may exceed the limit; anything more is not looked at
    if not _ORDINARY.fullmatch(text):
        text = visible(text)
    text = _BLANK_RUN.sub(" ", text).strip(" ")
    _check_length(text, limit, limit)
    return text


def prose(text: str, limit: int) -> str:
    """Several lines: the same, but lines and blanks stay; lines end with LF. Raises: TextNotPlain, TextTooLong."""
    _check_length(text, 4 * limit + 64, limit)
    text = _PROSE_BLANK.sub(" ", _PROSE_END.sub("\n", visible(text))).strip()
    _check_length(text, limit, limit)
    return text


def visible(text: str) -> str:
    """The text without invisible marks, blanks as they were; a variation selector stays behind the sign that it varies.

    Raises: TextNotPlain.
    """
    kept: list[str] = []
    before = ""
    for sign in text.translate(MAPPED_PRIVATE_USE):
        if sign in _SPACES:
            kept.append(sign)
        elif not _is_mark(sign):
            _refuse_unkept(sign)
            kept.append(sign)
        elif _SELECTOR.match(sign) and _can_vary(before):
            kept.append(sign)
        else:
            continue
        before = sign
    return "".join(kept)


def plain(text: str) -> str:
    """The text as it is, for passwords and the like, where nothing may be changed. Raises: TextNotPlain."""
    for sign in text:
        if unicodedata.category(sign) in {"Cc", "Cs"}:
            raise TextNotPlain(character=_name_of(sign))
    return text


def has_letters(text: str) -> bool:
    """Whether there is a letter or a digit in it: marks, dots and dashes alone are no name."""
    return any(unicodedata.category(sign)[0] in "LN" for sign in text)


def same_key(text: str) -> str:
    """What names of things are compared by.

    Width, case, blanks, invisible marks, kinds of dashes, lookalike letters and a spreadsheet's apostrophe do not count.
    """
    if _KEYED.fullmatch(text):
        return text.casefold()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_LOOKALIKES).casefold())
    kept = "".join(sign for sign in _DASHES.sub("-", folded) if not (sign.isspace() or sign == "\u2800" or _is_mark(sign)))
    return kept.lstrip("'\u2019")


def _check_length(text: str, most: int, limit: int) -> None:
    if len(text) > most:
        raise TextTooLong(length=len(text), limit=limit)


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" or _IGNORABLE.match(sign) is not None


def _can_vary(sign: str) -> bool:
    return sign != "" and unicodedata.category(sign)[0] in "LNSP" and not sign.isspace()


def _refuse_unkept(sign: str) -> None:
    lost = sign == "\ufffd" or (ord(sign) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF
    if lost or unicodedata.category(sign) in {"Cc", "Cs", "Co"}:
        raise TextNotPlain(character=_name_of(sign))


def _name_of(sign: str) -> str:
    return f"U+{ord(sign):04X}"
