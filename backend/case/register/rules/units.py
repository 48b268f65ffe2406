"""Units in which amounts are written; each is a whole number of fen, so that every conversion is exact."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.ground.common.text import same_key


@dataclass(frozen=True)
class Unit:
    """A unit of money by its Chinese word; `decimals` is how many there can be before a fen is split."""

    word: str
    fen: int

    @property
    def decimals(self) -> int:
        """Digits after the point that still are whole fen."""
        return len(str(self.fen)) - 1


YUAN = Unit("元", 100)
UNITS = (
    YUAN,
    Unit("分", 1),
    Unit("角", 10),
    Unit("百元", 10**4),
    Unit("千元", 10**5),
    Unit("万元", 10**6),
    Unit("百万元", 10**8),
    Unit("亿元", 10**10),
)
_NAMES = {unit.word: unit for unit in UNITS} | {
    "人民币": YUAN, "圆": YUAN, "cny": YUAN, "rmb": YUAN, "yuan": YUAN, "¥": YUAN, "仟元": UNITS[4], "万": UNITS[5], "亿": UNITS[7],
}  # fmt: skip
_CURRENCY_ALONE = frozenset({"人民币", "cny", "rmb", "¥"})
_FOREIGN = re.compile(
    "美元|美金|港元|港币|欧元|日元|英镑|台币|澳门元|澳元|加元|新元|韩元|卢布|usd|hkd|eur|jpy|gbp|twd|mop|aud|cad|sgd|krw|rub|usdt|[$€£₩]"
)
_LEADS = ("单位:", "单位", "人民币", "rmb", "cny")


def unit_named(bracket: str) -> Unit | None:
    """The unit that a header's bracket names (by its key); None for anything else, other currencies among it."""
    word = bracket
    for _ in range(2):
        found = _NAMES.get(word)
        if found is not None:
            return found
        lead = next((lead for lead in _LEADS if word.startswith(lead)), "")
        word = word.removeprefix(lead).lstrip(":/")
    return _NAMES.get(word)


def says_otherwise(text: str, unit: Unit) -> bool:
    """Whether a row's own word for currency or unit contradicts the unit of its column."""
    key = same_key(text)
    named = unit_named(key)
    if named is None:
        return _FOREIGN.search(key) is not None
    return key not in _CURRENCY_ALONE and named.fen != unit.fen
