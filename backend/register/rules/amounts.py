"""Amount cells: text through `parse_yuan`, numbers only when they are exact to the fen."""

from __future__ import annotations

from decimal import Decimal

from backend.common.money import AmountNegative, parse_yuan
from backend.register.errors import AmountNotExact, CellNotText

#: A spreadsheet keeps 15 digits: from here on it loses fen.
NUMBER_LIMIT_YUAN = 10**12
_NOISE_YUAN = Decimal("0.000001")


def amount_fen(value: object, cell: str) -> int:
    """Fen from a text or number cell.

    Noise of binary fractions (0.1 + 0.2) is rounded away; a true third decimal is refused.
    Raises: AmountNotExact, AmountNegative, AmountNotReadable, AmountTooLarge, CellNotText.
    """
    if isinstance(value, str):
        return parse_yuan(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CellNotText(cell=cell)
    if value < 0:
        raise AmountNegative(text=str(value))
    if not value < NUMBER_LIMIT_YUAN:  # also refuses what is not a number at all
        raise AmountNotExact(cell=cell)
    exact = Decimal(repr(value))
    rounded = round(exact, 2)
    if abs(exact - rounded) > _NOISE_YUAN:
        raise AmountNotExact(cell=cell)
    return int(rounded.scaleb(2))
