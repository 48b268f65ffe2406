"""In what amounts are written, each unit a whole number of fen (protocol §18.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.register.claims.text import same_key


@dataclass(frozen=True)
class Unit:
    """A unit by its Chinese word; a figure may have as many decimals as the unit has fen."""

    word: str
    fen: int
    decimals: int


_POWERS = {"分": 0, "角": 1, "元": 2, "百元": 4, "千元": 5, "万元": 6, "百万元": 8, "亿元": 10}
_UNITS = {word: Unit(word, 10**power, power) for word, power in _POWERS.items()}
YUAN = _UNITS["元"]
_OTHER_WORDS = {"人民币": "元", "圆": "元", "cny": "元", "rmb": "元", "yuan": "元", "¥": "元", "仟元": "千元", "万": "万元", "亿": "亿元"}
_BY_WORD = _UNITS | {other: _UNITS[word] for other, word in _OTHER_WORDS.items()}
_PREFIXES = ("单位:", "单位", "人民币", "rmb", "cny")
_NO_UNIT_OF_THEIR_OWN = frozenset({"人民币", "cny", "rmb", "¥"})
_FOREIGN = re.compile(
    "美元|美金|港元|港币|欧元|日元|英镑|台币|澳门元|澳元|加元|新元|韩元|卢布|usd|hkd|eur|jpy|gbp|twd|mop|aud|cad|sgd|krw|rub|usdt|[$€£₩]"
)


def unit_named(key: str) -> Unit | None:
    """The unit that a bracket or a cell names, by its key; none for anything else."""
    for _ in range(3):
        if key in _BY_WORD:
            return _BY_WORD[key]
        prefix = next((prefix for prefix in _PREFIXES if key.startswith(prefix)), "")
        key = key.removeprefix(prefix).lstrip(":/")
    return None


def contradicts(text: str, unit: Unit) -> bool:
    """Whether a row's own word for its currency or unit says otherwise than the header."""
    key = same_key(text)
    named = unit_named(key)
    if named is None:
        return _FOREIGN.search(key) is not None
    return named != unit and key not in _NO_UNIT_OF_THEIR_OWN
