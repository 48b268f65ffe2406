"""What a cell that is not text says, if it can be said without loss."""

from __future__ import annotations

from collections.abc import Sequence

from backend.case.register.cell_errors import AmountShownOtherwise, FormulaWithoutValue, SpreadsheetError
from backend.case.register.columns import Column
from backend.case.register.errors import CellNotText, NumberCutBySpreadsheet
from backend.case.register.odd_cells import SHOWN_OTHERWISE, OddCell, OddKind

Cells = Sequence[object]
_WHOLE_LIMIT = 10**15
_CUT = frozenset({"claim_no", "id_no", "mobile", "account"})


def text_of(value: object, column: Column, cell: str) -> str:
    """A whole number's digits where none can have been lost; identity numbers and phones are never taken from a number.

    Raises: NumberCutBySpreadsheet, CellNotText, FormulaWithoutValue, SpreadsheetError.
    """
    if isinstance(value, OddCell):
        value = _unfolded(value, cell)
    if isinstance(value, bool):
        if column.key == "related":
            return "true" if value else "false"
        raise CellNotText(cell=cell)
    if isinstance(value, int | float):
        if column.exact:
            raise NumberCutBySpreadsheet(cell=cell)
        if abs(value) < _WHOLE_LIMIT and value == int(value):
            return str(int(value))
        if column.key in _CUT:
            raise NumberCutBySpreadsheet(cell=cell)
    raise CellNotText(cell=cell)


def amount_of(value: object, cell: str, *, in_yuan: bool) -> object:
    """An amount cell's text or number, when it shows what it holds under a header `in_yuan` or in another unit.

    Raises: AmountShownOtherwise, CellNotText, FormulaWithoutValue, SpreadsheetError.
    """
    if not isinstance(value, OddCell):
        return value
    if value.kind in SHOWN_OTHERWISE or (value.kind is OddKind.YUAN and not in_yuan):
        raise AmountShownOtherwise(cell=cell)
    return _unfolded(value, cell)


def _unfolded(value: OddCell, cell: str) -> object:
    if value.kind is OddKind.FORMULA:
        raise FormulaWithoutValue(cell=cell)
    if value.kind is OddKind.ERROR:
        raise SpreadsheetError(cell=cell)
    if value.kind is OddKind.DATE or value.kind in SHOWN_OTHERWISE:
        raise CellNotText(cell=cell)
    return value.number
