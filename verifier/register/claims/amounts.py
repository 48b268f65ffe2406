"""Amounts in whole fen, from text or from numbers that are exact (protocol §18.3)."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from verifier.register.claims.rules import RuleBroken
from verifier.register.claims.units import Unit

LARGEST_FEN = 2**63 - 1
#: Spreadsheets keep 15 digits; beyond that they lose fen.
_EXACT_BELOW_FEN = 10**14
_NOISE_FEN = Decimal("0.0001")
_FIGURE = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_SIGNS = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d负]")


def fen_of_text(text: str, unit: Unit) -> int:
    """Fen of a figure in a unit; ¥ before and the unit behind it are taken. Raises: RuleBroken."""
    plain = _SIGNS.sub("-", unicodedata.normalize("NFKC", text).strip())
    plain = plain.removeprefix("¥").removesuffix(unit.word).strip()
    figure = _FIGURE.fullmatch(plain) if len(plain) <= 40 else None
    if figure is None:
        raise RuleBroken("AmountNegative" if _is_negative(plain) else "AmountNotReadable", text=text[:40])
    if len(figure[1] or "") > unit.decimals:
        raise RuleBroken("AmountNotReadable", text=text[:40])
    fen = int(Decimal(plain.replace(",", "")) * unit.fen)
    if fen > LARGEST_FEN:
        raise RuleBroken("AmountTooLarge", text=text[:40])
    return fen


def fen_of_number(number: float, unit: Unit, cell: str) -> int:
    """Fen of a number; what binary fractions add to it is rounded away, a true part of a fen is not. Raises: RuleBroken."""
    if number < 0:
        raise RuleBroken("AmountNegative", text=str(number))
    if not math.isfinite(number):
        raise RuleBroken("AmountNotExact", cell=cell)
    if number * unit.fen >= 10**19:
        raise RuleBroken("AmountTooLarge", text=str(number))
    exact = Decimal(repr(number)) * unit.fen
    nearest = round(exact)
    if exact >= _EXACT_BELOW_FEN or abs(exact - nearest) > _NOISE_FEN:
        raise RuleBroken("AmountNotExact", cell=cell)
    return int(nearest)


def _is_negative(plain: str) -> bool:
    bare = plain.removeprefix("¥").strip("-() ").removeprefix("¥").strip()
    signed = "-" in plain or (plain.startswith("(") and plain.endswith(")"))
    return len(plain) <= 40 and signed and plain != bare and _FIGURE.fullmatch(bare) is not None
