"""What is in a cell: text, a number, a truth value, or something that a spreadsheet shows otherwise than it keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from verifier.register.claims.rules import RuleBroken


class Odd(StrEnum):
    """Why a cell's value cannot be taken as it is."""

    FORMULA = "formula"
    """Never computed."""
    ERROR = "error"
    DATE = "date"
    PER_CENT = "percent"
    FOREIGN = "foreign"
    SCALED = "scaled"
    OTHERWISE = "otherwise"
    """A number under a format that is not on the list of plain ones."""
    TEXT = "text"
    """Text under a format that shows it otherwise."""
    YUAN = "yuan"
    """A number that is shown as it is, in yuan."""


@dataclass(frozen=True, slots=True)
class OddCell:
    """Such a cell, with its number if it has one."""

    odd: Odd
    number: float | None = None


Value = str | float | bool | OddCell
Cells = Sequence[Value]
_WHOLE_BELOW = 10**15
_OTHERWISE = frozenset({Odd.PER_CENT, Odd.FOREIGN, Odd.SCALED, Odd.OTHERWISE, Odd.TEXT})


def is_blank(value: Value) -> bool:
    """Whether nothing can be seen in the cell."""
    return isinstance(value, str) and (not value or value.isspace())


def digits_of(value: Value, cell: str, *, exact: bool, never_cut: bool) -> str:
    """A number as text, where no digit can have been lost; `exact` columns take no number at all. Raises: RuleBroken."""
    if isinstance(value, OddCell):
        value = _number_under(value, cell)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleBroken("CellNotText", cell=cell)
    if exact:
        raise RuleBroken("NumberCutBySpreadsheet", cell=cell)
    if abs(value) < _WHOLE_BELOW and value == int(value):
        return str(int(value))
    raise RuleBroken("NumberCutBySpreadsheet" if never_cut else "CellNotText", cell=cell)


def amount_in(value: Value, cell: str, *, in_yuan: bool) -> str | float:
    """What an amount's cell holds, when it shows that under a header `in_yuan` or in another unit. Raises: RuleBroken."""
    if isinstance(value, OddCell):
        if value.odd in _OTHERWISE or (value.odd is Odd.YUAN and not in_yuan):
            raise RuleBroken("AmountShownOtherwise", cell=cell)
        value = _number_under(value, cell)
    if isinstance(value, bool):
        raise RuleBroken("CellNotText", cell=cell)
    return value


def _number_under(value: OddCell, cell: str) -> float:
    if value.odd is Odd.FORMULA:
        raise RuleBroken("FormulaWithoutValue", cell=cell)
    if value.odd is Odd.ERROR:
        raise RuleBroken("SpreadsheetError", cell=cell)
    if value.odd is Odd.DATE or value.odd in _OTHERWISE or value.number is None:
        raise RuleBroken("CellNotText", cell=cell)
    return value.number
