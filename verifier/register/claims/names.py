"""Names of lenders, as far as a register depends on them: two names of one document must be one (protocol §18.3)."""

from __future__ import annotations

import re
import unicodedata

from verifier.register.claims.rules import RuleBroken
from verifier.register.claims.text import has_letters

_LOST = re.compile("[?？□〓■\ufffd*＊✱]")
_DOTS = "\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\u2024．"
_NOT_COMPARED = re.compile("[\\s·.\\-'’\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_NO_DOTS = dict.fromkeys(map(ord, _DOTS))
_PLAIN = re.compile("[\u4e00-\u9fa5]+")


def readable(name: str) -> str:
    """The name, when there are letters in it and none was lost or masked. Raises: RuleBroken."""
    if not _PLAIN.fullmatch(name):
        lost = _LOST.search(name)
        if lost is not None:
            raise RuleBroken("NameUnreadable", character=lost[0])
        if not has_letters(name):
            raise RuleBroken("CellMissing")
    return name


def name_key(name: str) -> str:
    """What two names are compared by: width, case, white space, dots and variants of signs do not count."""
    if _PLAIN.fullmatch(name):
        return name
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", name).translate(_NO_DOTS)).casefold()
