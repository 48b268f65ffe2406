"""Names of people and companies: kept as written, compared by what is surely the same, masked for others' eyes."""

from __future__ import annotations

import re
import unicodedata

from backend.case.register.errors import CellMissing, NameUnreadable
from backend.ground.common.text import has_letters

_DOTS = re.compile("[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\u2024．]")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE_BY_HAN = re.compile(rf"(?<=[{_HAN}·]) | (?=[{_HAN}·])")
_LOST = re.compile("[?？□〓■�*＊✱]")
_NOT_COMPARED = re.compile("[\\s·.\\-'’\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_PLAIN_HAN = re.compile("[\u4e00-\u9fa5]+")


def tidy_name(text: str) -> str:
    """The name as it is shown: one kind of dot, no spaces between Han characters, rare characters as they are.

    Raises: CellMissing where there is no letter in it, NameUnreadable where one was lost in conversion or masked.
    """
    if _PLAIN_HAN.fullmatch(text):
        return text
    lost = _LOST.search(text)
    if lost is not None:
        raise NameUnreadable(character=lost.group())
    if not has_letters(text):
        raise CellMissing
    return text if text.isascii() else _SPACE_BY_HAN.sub("", _DOTS.sub("·", text))


def name_key(name: str) -> str:
    """What two names are compared by: width, case, spaces, dots, variation selectors and compatibility forms do not count."""
    if _PLAIN_HAN.fullmatch(name):
        return name
    return _NOT_COMPARED.sub("", _DOTS.sub("", unicodedata.normalize("NFKC", name))).casefold()


def mask_name(name: str) -> str:
    """The first character and stars, such as 张** and 深***: enough for its bearer, too little for others."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)
