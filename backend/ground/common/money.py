"""Money is a whole number of fen, everywhere. Yuan appear only where a person reads or writes them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from backend.ground.common.errors import BadInput

MAX_FEN = 2**63 - 1
#: Of 10,000 and of 1,000,000 yuan; from the latter on people read an amount in 万元 more easily.
WAN_FEN, LARGE_FEN = 10**6, 10**8
WHOLE_BPS = 10_000
"""All of an amount, in basis points."""
_PLAIN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_MINUS = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d负]")


class AmountNotReadable(BadInput):
    """Not an amount in the unit asked for, or with more decimals than whole fen have."""

    zh = "金额“{text}”无法读取：请按表头所写的单位（默认人民币元）填写数字，精确到分，例如 12345.60。"
    en = "The amount “{text}” cannot be read: write a figure in the header's unit (CNY by default), exact to the fen, such as 12345.60."


class AmountNegative(BadInput):
    """An amount below zero."""

    zh = "金额“{text}”为负数；应付金额不能小于 0。"
    en = "The amount “{text}” is negative; an amount owed cannot be below 0."


class AmountTooLarge(BadInput):
    """An amount of 2^63 fen or more."""

    zh = "金额“{text}”过大：不能达到 92,233,720,368,547,758.08 元。"
    en = "The amount “{text}” is too large: it must stay below CNY 92,233,720,368,547,758.08."


def parse_yuan(text: str) -> int:
    """Yuan as people write them, in fen; accepts ￥, 元, thousands separators and full-width digits.

    Raises: AmountNotReadable, AmountNegative, AmountTooLarge.
    """
    return parse_amount(text, 100, "元", 2)


def parse_amount(text: str, unit_fen: int, unit: str, decimals: int) -> int:
    """The same in a unit of so many fen, which may stand behind the figure; at most `decimals` digits after the point.

    Raises: AmountNotReadable, AmountNegative, AmountTooLarge.
    """
    plain = _MINUS.sub("-", unicodedata.normalize("NFKC", text).strip())
    plain = plain.removeprefix("¥").removesuffix(unit).strip()
    if len(plain) > 40:
        raise AmountNotReadable(text=text[:40])
    bare = plain.removeprefix("¥").strip("-() ").removeprefix("¥").strip()
    if plain != bare and _PLAIN.fullmatch(bare) and ("-" in plain or (plain.startswith("(") and plain.endswith(")"))):
        raise AmountNegative(text=text)
    if not _PLAIN.fullmatch(plain) or len(plain.partition(".")[2]) > decimals:
        raise AmountNotReadable(text=text[:40])
    fen = int(Decimal(plain.replace(",", "")) * unit_fen)
    if fen > MAX_FEN:
        raise AmountTooLarge(text=text)
    return fen


def say_yuan(fen: int) -> str:
    """Fen as people read them: `1,234.50`."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"


def say_large(fen: int, language: str) -> str:
    """A large amount in 万元, in English in millions, to two decimals and rounded, for reading beside the exact one; "" for a smaller."""
    if fen < LARGE_FEN:
        return ""
    unit_fen = WAN_FEN if language == "zh" else LARGE_FEN
    return say_yuan((fen * 100 + unit_fen // 2) // unit_fen)
