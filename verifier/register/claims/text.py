"""How text of cells is cleaned, and how names of things are compared (protocol §18.1)."""

from __future__ import annotations

import re
import unicodedata

from verifier.register.claims.private_use import MEANT
from verifier.register.claims.rules import RuleBroken

# White space by its Unicode property, and the blank braille pattern, which shows nothing either.
_WHITE = re.compile("[\t-\r \x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]+")
_KEPT_CONTROLS = frozenset("\t\n\x0b\x0c\r\x85")
# Signs without a shape of their own (Default_Ignorable_Code_Point; those of category Cf are asked for besides).
_SHAPELESS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\u2065\U000e0000-\U000e0fff]")
_VARIANT = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_PLAIN = re.compile("[ -~\u4e00-\u9fa5\u00b7\u3001-\u3011\uff01-\uff5e]*")
_DASH = re.compile("[\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58]")
# Cyrillic and Greek letters that look like Latin ones.
_TWINS = dict(zip(map(ord, "АВЕЅІЈКМНОРСТУХԚԜаеорсухѕіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"), "ABESIJKMHOPCTYXQWaeopcyxsijABEZHIKMNOPTYXo", strict=True))


def one_line(text: str, limit: int) -> str:
    """The text as it counts: nothing invisible, white space single and none at the ends. Raises: RuleBroken."""
    if len(text) > 4 * limit + 64:
        raise RuleBroken("CellTooLong", length=len(text), limit=limit)
    if not _PLAIN.fullmatch(text):
        text = _visible(text)
    text = _WHITE.sub(" ", text).strip(" ")
    if len(text) > limit:
        raise RuleBroken("CellTooLong", length=len(text), limit=limit)
    return text


def same_key(text: str) -> str:
    """Two names of things are one when their keys are: width, case, white space, marks, dashes and lookalikes do not count."""
    if text.isascii() and text.isalnum():
        return text.casefold()
    folded = unicodedata.normalize("NFKC", text).translate(_TWINS).casefold()
    dashed = _DASH.sub("-", unicodedata.normalize("NFKC", folded))
    return "".join(sign for sign in dashed if not (sign.isspace() or sign == "\u2800" or _is_mark(sign))).lstrip("'’")


def compact(text: str) -> str:
    """A number as it is compared: half-width capitals and digits, no white space, dashes or leading apostrophe."""
    if text.isascii() and text.isalnum():
        return text.upper()
    capitals = unicodedata.normalize("NFKC", text).upper()
    bare = "".join(sign for sign in capitals if not (sign.isspace() or sign in "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"))
    return bare.removeprefix("'").removeprefix("’")


def without_formula(text: str, signs: str) -> str:
    """The text, if no spreadsheet would run it. Raises: RuleBroken."""
    if text and unicodedata.normalize("NFKC", text[0]) in signs:
        raise RuleBroken("CellFormula", start=text[0])
    return text


def has_letters(text: str) -> bool:
    """Whether there is a letter or digit in it."""
    return any(unicodedata.category(sign)[0] in "LN" for sign in text)


def _visible(text: str) -> str:
    kept: list[str] = []
    for sign in text.translate(MEANT):
        if _is_mark(sign):
            if _VARIANT.match(sign) and kept and _takes_variants(kept[-1]):
                kept.append(sign)
            continue
        if sign not in _KEPT_CONTROLS and _is_lost(sign):
            raise RuleBroken("CellUnprintable", character=f"U+{ord(sign):04X}")
        kept.append(sign)
    return "".join(kept)


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" or _SHAPELESS.match(sign) is not None


def _takes_variants(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNSP"


def _is_lost(sign: str) -> bool:
    """A control, half a character, a private one, one that stands for a lost one, or one that can never be."""
    number = ord(sign)
    never = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
    return never or sign == "\ufffd" or unicodedata.category(sign) in {"Cc", "Cs", "Co"}
