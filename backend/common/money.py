"""Money is a whole number of fen, everywhere. Yuan appear only where a person reads or writes them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from backend.common.errors import BadInput

MAX_FEN = 2**63 - 1
_PLAIN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]{1,2})?|[0-9]+(?:\.[0-9]{1,2})?")


class AmountNotReadable(BadInput):
    """Not an amount in yuan with at most two decimals."""

    zh = "金额“{text}”无法读取：请填写人民币元，最多两位小数，例如 12345.60。"
    en = "The amount “{text}” cannot be read: write yuan with at most two decimals, such as 12345.60."


class AmountNegative(BadInput):
    """An amount below zero."""

    zh = "金额“{text}”为负数；应付金额不能小于 0。"
    en = "The amount “{text}” is negative; an amount owed cannot be below 0."


class AmountTooLarge(BadInput):
    """An amount of 2^63 fen or more."""

    zh = "金额“{text}”过大：不能达到 92,233,720,368,547,758.08 元。"
    en = "The amount “{text}” is too large: it must stay below 92,233,720,368,547,758.08 yuan."


def parse_yuan(text: str) -> int:
    """Yuan as people write them, in fen; accepts ￥, 元, thousands separators and full-width digits.

    Raises: AmountNotReadable, AmountNegative, AmountTooLarge.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.removeprefix("¥").removesuffix("元").strip()
    if plain.startswith("-") and _PLAIN.fullmatch(plain[1:]):
        raise AmountNegative(text=text)
    if len(plain) > 40 or not _PLAIN.fullmatch(plain):
        raise AmountNotReadable(text=text[:40])
    fen = int(Decimal(plain.replace(",", "")).scaleb(2))
    if fen > MAX_FEN:
        raise AmountTooLarge(text=text)
    return fen


def say_yuan(fen: int) -> str:
    """Fen as people read them: `1,234.50`."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"
