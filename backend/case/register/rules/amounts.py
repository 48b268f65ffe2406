"""Amount cells: text through `parse_amount`, numbers only when they are exact to the fen."""

from __future__ import annotations

import math
from decimal import Decimal

from backend.case.register.errors import AmountNotExact, CellNotText
from backend.case.register.rules.units import YUAN, Unit
from backend.ground.common.money import AmountNegative, AmountTooLarge, parse_amount

#: A spreadsheet keeps 15 digits: from here on it loses fen.
NUMBER_LIMIT_FEN = 10**14
_NOISE_FEN = Decimal("0.0001")


def amount_fen(value: object, cell: str, unit: Unit = YUAN) -> int:
    """Fen from a text or number cell under a header of that unit.

    Noise of binary fractions (0.1 + 0.2) is rounded away; a true part of a fen is refused.
    Raises: AmountNotExact, AmountNegative, AmountNotReadable, AmountTooLarge, CellNotText.
    """
    if isinstance(value, str):
        return parse_amount(value, unit.fen, unit.word, unit.decimals)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CellNotText(cell=cell)
    if value < 0:
        raise AmountNegative(text=str(value))
    if not math.isfinite(value):
        raise AmountNotExact(cell=cell)
    if value * unit.fen >= 10**19:
        raise AmountTooLarge(text=str(value))
    exact = Decimal(repr(value)) * unit.fen
    rounded = round(exact)
    if exact >= NUMBER_LIMIT_FEN or abs(exact - rounded) > _NOISE_FEN:
        raise AmountNotExact(cell=cell)
    return int(rounded)
