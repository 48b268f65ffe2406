"""One sheet's rows, as they stream by: values with what must be said of them, and what a person does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backend.case.register.columns import column_letters
from backend.case.register.file_errors import (
    EmptyCellsMany,
    FileFormatUnknown,
    FormulaNotPlain,
    FormulasWorkedOutAgain,
    TooManyColumns,
    TooManyRows,
)
from backend.case.register.odd_cells import OddKind
from backend.case.register.workbooks.archive import Archive
from backend.case.register.workbooks.formulas import Formulas
from backend.case.register.workbooks.markup import MAX_DEPTH, Attributes, Parser
from backend.case.register.workbooks.strings import MAX_TEXT, SharedStrings, unescape
from backend.case.register.workbooks.styles import PLAIN, UNKNOWN, Format, Shown
from backend.case.register.workbooks.unseen import Sizes, Unseen

MAX_COLUMNS = 26
#: The last row of any spreadsheet program.
MAX_SHEET_ROWS = 2**20
MAX_REFERENCES = 2_000
FREE_EMPTY_CELLS, EMPTY_CELLS_A_ROW = 500_000, 60
_PLACES = {chr(65 + place): place for place in range(MAX_COLUMNS)}
_DIGITS = "0123456789"
_TEXTS = frozenset({"v", "t"})
_REFERENCE = re.compile("[A-Z]{1,3}[0-9]{1,7}")
_ODD_BY_STYLE = {
    Shown.DATE: OddKind.DATE, Shown.PER_CENT: OddKind.PER_CENT, Shown.FOREIGN: OddKind.FOREIGN, Shown.SCALED: OddKind.SCALED,
    Shown.OTHERWISE: OddKind.OTHERWISE, Shown.YUAN: OddKind.YUAN,
}  # fmt: skip

Row = tuple[int, list[Any]]


class SheetReader:
    """Reads a sheet; `rows` gives (number, values up to the last one that is there) for every row with a value."""

    def __init__(self, archive: Archive, part: str, strings: SharedStrings, formats: list[Format]) -> None:
        self._archive = archive
        self._part = part
        self._strings = strings
        by_style = dict(enumerate(formats or [PLAIN]))
        self._odd = {str(style): _ODD_BY_STYLE.get(each.number) for style, each in by_style.items()}
        self._plain_text = {str(style): each.text for style, each in by_style.items()}
        self.unseen, self._sizes = Unseen(), Sizes()
        self.last_row = 0
        """By the sheet's own word; 0 when it does not say."""
        self._parser = Parser(self._start, self._end, self._aside)
        self._done: list[Row] = []
        self._number, self._row_text, self._hidden = 0, "", False
        self._values: list[Any] = []
        self._last_place = -1
        self._cell: Attributes = {}
        self._formulas = Formulas()
        self._formula_as: Attributes = {}
        self._formula = self._not_plain = self._beside = self._inline = False
        self._has_formula = self._may_have_none = self._is_chosen = False
        self._first_not_plain = ""
        self._said: list[str] = []
        self._kept = 0
        """How many of the pieces of text heard so far belong to the cell."""
        self._empty = FREE_EMPTY_CELLS
        self._depth, self._deepest = 0, MAX_DEPTH
        """The latter is less inside of text, which holds no elements."""

    def rows(self) -> Iterator[Row]:
        """Raises: FileFormatUnknown, FileTooLarge, TooManyColumns, TooManyRows, EmptyCellsMany."""
        self._parser.listen(self._said.append)
        for _ in self._parser.feed(self._archive.pieces(self._part)):
            if len(self._said) > 8:
                self._cut()
            if self._done:
                yield from self._done
                self._done.clear()
        self.unseen.add_columns(self._sizes.hidden_by_sheet(list(_PLACES)))

    # Elements come here a million times over: what every cell needs is in these two, in the order of how often it is needed.
    def _start(self, kind: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > self._deepest:
            raise FileFormatUnknown(kind="XML")
        if kind == "c":
            self._cell = attributes
            self._formula = self._inline = False
            self._kept = 0
        elif kind in _TEXTS:
            del self._said[self._kept :]  # what stood between elements
            if (kind == "t") != self._inline or (self._kept and kind == "v"):
                raise FileFormatUnknown(kind="XML")  # a cell has one value or one text
            if not self._beside:
                self._deepest = self._depth
        elif kind == "row":
            self._begin_row(attributes)
        elif kind == "is":
            if self._kept:
                raise FileFormatUnknown(kind="XML")
            self._inline = True
        else:
            self._start_other(kind, attributes)

    def _end(self, kind: str) -> None:
        self._depth -= 1
        if kind == "c":
            self._end_cell()
        elif kind in _TEXTS:
            self._kept = 0 if self._beside else len(self._said)
            self._deepest = MAX_DEPTH
        elif kind == "row":
            if self._values:
                self._end_row()
            else:
                self._spend()
        elif kind in {"f", "rPh"}:
            if kind == "f":
                self._end_formula()
            self._beside = False
            del self._said[self._kept :]

    def _aside(self) -> None:
        if self._deepest != MAX_DEPTH:
            raise FileFormatUnknown(kind="XML")

    def _start_other(self, kind: str, attributes: Attributes) -> None:
        if kind == "f":
            self._begin_formula(attributes)
        elif kind in {"col", "mergeCell", "dimension", "sheetFormatPr"}:
            self._note(kind, attributes)
        else:
            self._beside = kind == "rPh"  # a reading that stands beside the text
            self._spend()

    def choose(self, *, works_out_again: bool) -> None:
        """It is the sheet of claims: no formula may come, or may have come, but plain ones; none in a book that is worked out again.

        Raises: FormulasWorkedOutAgain, FormulaNotPlain.
        """
        self._is_chosen, self._may_have_none = True, works_out_again
        if works_out_again and self._has_formula:
            raise FormulasWorkedOutAgain
        if self._first_not_plain:
            raise FormulaNotPlain(cell=self._first_not_plain)

    def _begin_formula(self, attributes: Attributes) -> None:
        self._formula = self._has_formula = True
        self._formula_as = attributes
        self._deepest = self._depth
        del self._said[self._kept :]
        if self._may_have_none:
            raise FormulasWorkedOutAgain

    def _end_formula(self) -> None:
        self._deepest = MAX_DEPTH
        if not self._formulas.is_plain(self._formula_as, "".join(self._said[self._kept :])):
            self._not_plain = True

    def _note_not_plain(self, reference: str | None) -> None:
        self._not_plain = False
        place = self._last_place + 1 if reference is None else self._place_of(reference)
        told = reference if reference and _REFERENCE.fullmatch(reference) else f"{column_letters(place)}{self._row_text}"
        self._first_not_plain = self._first_not_plain or told
        if self._is_chosen:
            raise FormulaNotPlain(cell=told)

    def _cut(self) -> None:
        """Let text that goes on and on not grow beyond what is kept of it."""
        kept, rest = "".join(self._said[: self._kept]), "".join(self._said[self._kept :])
        self._kept = 1 if kept else 0
        self._said[:] = [*([kept[:MAX_TEXT]] if kept else []), rest[:MAX_TEXT]]

    def _begin_row(self, attributes: Attributes) -> None:
        before, text = self._number, attributes.get("r", "")
        self._number = _whole(text) if text else before + 1
        if self._number <= before:
            raise FileFormatUnknown(kind="XML")
        if self._number > MAX_SHEET_ROWS:
            raise TooManyRows(limit=MAX_SHEET_ROWS)
        self._row_text, self._hidden = str(self._number), self._sizes.hides_row(attributes)
        self._values, self._last_place = [], -1

    def _end_cell(self) -> None:
        cell, said, kept = self._cell, self._said, self._kept
        if self._not_plain:
            self._note_not_plain(cell.get("r"))
        if kept:
            value = self._value(cell, said[0] if kept == 1 else "".join(said[:kept]))
            said.clear()
        elif self._formula:
            value = self._value(cell, "")
        else:
            value = None
            self._spend()
        reference = cell.get("r")
        place = self._last_place + 1 if reference is None else self._place_of(reference)
        self._last_place = place
        if value is None:
            return
        values = self._values
        if place == len(values):
            values.append(value)
        else:
            self._put(place, value)

    def _place_of(self, reference: str) -> int:
        if reference[1:] == self._row_text:
            return _PLACES.get(reference[0], MAX_COLUMNS)
        if reference.rstrip(_DIGITS) + self._row_text == reference:
            return MAX_COLUMNS
        raise FileFormatUnknown(kind="XML")

    def _put(self, place: int, value: Any) -> None:
        """A value beyond the next place, or before it."""
        values = self._values
        if place < MAX_COLUMNS:
            values.extend([""] * (place + 1 - len(values)))
            values[place] = value
        elif not (isinstance(value, str) and value.isspace()):
            raise TooManyColumns(limit=MAX_COLUMNS)

    def _spend(self) -> None:
        """One more element that holds nothing."""
        self._empty -= 1
        if self._empty < 0:
            raise EmptyCellsMany

    def _value(self, cell: Attributes, text: str) -> Any:
        """The cell's value; None for nothing; what is odd about it as a small object."""
        kind = cell.get("t")
        if kind == "s":
            return self._wording(self._strings.get(text), cell)
        if kind in {"inlineStr", "str"}:
            return self._wording(unescape(text) if "_x" in text else text, cell)
        if not text:
            return {"odd": OddKind.FORMULA} if self._formula else None
        if kind is None or kind == "n":
            return self._figure(text, cell.get("s") or "0")
        if kind == "b":
            return text == "1"
        return {"odd": OddKind.ERROR if kind == "e" else OddKind.DATE, "text": text[:40]}

    def _wording(self, text: str, cell: Attributes) -> Any:
        """A cell that names no style has the first."""
        if text and not self._plain_text.get(cell.get("s") or "0", UNKNOWN.text):
            return {"odd": OddKind.TEXT}
        return text or None

    def _figure(self, text: str, style: str) -> Any:
        try:
            figure = float(text)
        except ValueError as error:
            raise FileFormatUnknown(kind="XML") from error
        odd = self._odd.get(style, OddKind.OTHERWISE)
        return figure if odd is None else {"odd": odd, "number": figure}

    def _end_row(self) -> None:
        values = self._values
        self._values = []
        if all(value == "" or (isinstance(value, str) and value.isspace()) for value in values):
            return
        self._empty += EMPTY_CELLS_A_ROW
        if self._hidden:
            self.unseen.add_row(self._number)
        self._done.append((self._number, values))

    def _note(self, kind: str, attributes: Attributes) -> None:
        if kind == "dimension":
            last = attributes.get("ref", "").rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
            self.last_row = min(int(last), MAX_SHEET_ROWS) if last.isascii() and last.isdigit() and len(last) < 9 else 0
        elif kind == "mergeCell":
            self._spend()
            if len(self.unseen.merged) < MAX_REFERENCES:
                self.unseen.merged.append(attributes.get("ref", "")[:40])
        elif kind == "sheetFormatPr":
            if self._number:  # rows came already of which it speaks
                raise FileFormatUnknown(kind="XML")
            self._sizes.note_sheet(attributes)
        else:
            first, last_column = _whole(attributes.get("min", "")), _whole(attributes.get("max", ""))
            letters = [chr(64 + place) for place in range(max(first, 1), min(last_column, MAX_COLUMNS) + 1)]
            if self._sizes.hides_columns(attributes, letters):
                self.unseen.add_columns(letters)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise FileFormatUnknown(kind="XML")
    return int(text)
