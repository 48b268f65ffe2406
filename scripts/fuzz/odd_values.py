"""Values of which somebody once reported that they break things."""

from __future__ import annotations

import random
from typing import Any

#: What nothing can hold, by protocol §18.1: no call may take it, alone or in a text.
UNKEEPABLE = (
    "\0", "\x01", "\x08", "\x1b[31m", "\x7f", "\x9b", "\ud800", "\udfff", "\ud83d", "\udc00\ud800", "\ufffe", "\uffff", "\U0001ffff",
    "\U0010fffe", "\ufdd0", "\ue000", "\uf8ff", "\U000f0000", "\U00100000",
)  # fmt: skip
#: What nobody sees: it goes, and no answer may have it.
MARKS = (
    "\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e",
    "\u3164", "\u115f", "\uffa0", "\u2062", "\ufff9", "\U000e0041", "\U000e0001",
)  # fmt: skip
#: Honest, or only long or strange: the rules of the field decide.
ODD_TEXT = (
    "", " ", "\u3000", "\n", "a\nb", "𠮷田", "葛\U000e0100", "辻\ufe00", "买买提·艾力", "ئۇيغۇر تىلى", "阿卜杜", "é",
    "e\u0301", "ﬁ", "Ａ１", "İ", "ß",
    "👩\u200d🔬", "﷽", "Z" + "\u0301" * 50, "../../etc/passwd", "%00", "%s%n", "{{7*7}}", "${7*7}", "' or 1=1 --", "\\",
    '"', "<script>", "=1+1",
    "null", "None", "NaN", "true", "0", "-1", "1e999", "9" * 40, "0x" + "0" * 40, "0x", "0X" + "g" * 64, "a" * 64, "a" * 10_000,
    "字" * 70_000,
    "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "2026-01-01", "2026-01-01T00:00:00",
    "1" * 18, "+8613800000000",
)  # fmt: skip
ODD_NUMBERS = (
    0, -1, 1, 2, 255, 256, 65_535, 2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 2**128, 2**256 - 1,
    2**256, -(2**31), -(2**63), -(2**63) - 1, 10**30, 10**4_000, 0.1, -0.0, 1.5, 1e308, 1e-320, 253_402_300_800,
    float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": None}, {"__proto__": 1}, [0] * 2_000, ["\0"], {"\ud800": "\0"})


def not_text(dice: random.Random, around: str = "") -> str:
    """A text that must not be taken."""
    return _with(dice.choice(UNKEEPABLE), around, dice)


def marked_text(dice: random.Random, around: str = "") -> str:
    """A text that may be taken, without the mark in it."""
    return _with(dice.choice(MARKS), around, dice)


def _with(sign: str, around: str, dice: random.Random) -> str:
    at = dice.randint(0, len(around))
    return around[:at] + sign + around[at:]


def odd_text(dice: random.Random, around: str = "") -> str:
    """A text that may be taken or not."""
    return dice.choice((dice.choice(ODD_TEXT), around + dice.choice(ODD_TEXT), around * 2, around[:-1]))
