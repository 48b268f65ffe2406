"""One sheet's rows as they stream by, with what of it merges cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.register.claims.cells import Odd, OddCell, Value, is_blank
from verifier.register.claims.columns import MOST_COLUMNS, letters
from verifier.register.claims.rules import FileRefused
from verifier.register.claims.unseen import Unseen
from verifier.register.claims.workbook.formats import NO_FORMAT, UNKNOWN_FORMAT, Format
from verifier.register.claims.workbook.formulas import Formulas
from verifier.register.claims.workbook.markup import Attributes, Listener, parse
from verifier.register.claims.workbook.package import Package
from verifier.register.claims.workbook.sizes import Sizes
from verifier.register.claims.workbook.strings import SharedStrings, unescaped

#: The last row of any spreadsheet program.
MOST_ROWS = 2**20
_MOST_RANGES = 2_000
#: Elements that hold nothing: so many, and for each row with content some more.
_FREE_EMPTY, _EMPTY_A_ROW = 500_000, 60
_PLACES = {chr(ord("A") + place): place for place in range(MOST_COLUMNS)}

SheetRow = tuple[int, list[Value]]


class Sheet(Listener):
    """A sheet; `merged` are ranges of merged cells, complete once the rows were gone through."""

    def __init__(self, package: Package, part: str, strings: SharedStrings, formats: list[Format]) -> None:
        self._package, self._part, self._strings, self._formats = package, part, strings, formats
        self.merged: list[str] = []
        self.unseen, self._sizes = Unseen(), Sizes()
        self._hidden = False
        self._number = 0
        self._values: list[Value] = []
        self._done: list[SheetRow] = []
        self._place, self._kind, self._style = -1, "", ""
        self._said: list[str] = []
        self._formulas, self._formula_as = Formulas(), Attributes()
        self._formula = self._reading_beside = self._inline = False
        self._empty = _FREE_EMPTY
        self._has_formula = self._may_have_none = self._is_chosen = False
        self._reference: str | None = None
        self._first_not_plain = ""

    def rows(self) -> Iterator[SheetRow]:
        """Every row with something in it. Raises: FileRefused."""
        for _ in parse(self._package.pieces(self._part), self):
            yield from self._done
            self._done.clear()
        self.unseen.note_columns(self._sizes.left_hidden(list(_PLACES)))

    def choose(self, *, works_out_again: bool) -> None:
        """Take it for the sheet of claims, whose formulas are plain; none where programs work all out again. Raises: FileRefused."""
        self._is_chosen, self._may_have_none = True, works_out_again
        if works_out_again and self._has_formula:
            raise FileRefused("FormulasWorkedOutAgain")
        if self._first_not_plain:
            raise FileRefused("FormulaNotPlain", cell=self._first_not_plain)

    def begins(self, name: str, attributes: Attributes) -> bool:
        """Text is wanted of values and formulas."""
        if name == "c":
            self._begin_cell(attributes)
        elif name in {"v", "t"}:
            if (name == "t") != self._inline or (name == "v" and self._said):
                raise FileRefused("FileFormatUnknown")
            return not self._reading_beside
        elif name == "is":
            if self._said:  # a cell has one value or one text
                raise FileRefused("FileFormatUnknown")
            self._inline = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._begin_formula(attributes)
            return True
        else:
            self._reading_beside = name == "rPh"
            if name in {"col", "sheetFormatPr"}:
                self._note_sizes(name, attributes)
            if name == "mergeCell" and len(self.merged) < _MOST_RANGES:
                self.merged.append(attributes.get("ref", "")[:40])
            self._count_empty()
        return False

    def ends(self, name: str, text: str) -> None:
        """A cell is complete with its `c`, a row with its `row`."""
        if name in {"v", "t"} and text:
            self._said = [*self._said[:64], text]
        elif name == "f":
            self._judge_formula(text)
        elif name == "rPh":
            self._reading_beside = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if not all(map(is_blank, self._values)):
                self._empty += _EMPTY_A_ROW
                if self._hidden:
                    self.unseen.note_row(self._number)
                self._done.append((self._number, self._values))
            self._values = []

    def _begin_row(self, attributes: Attributes) -> None:
        written = attributes.get("r", "")
        number = _whole(written) if written else self._number + 1
        if number <= self._number:
            raise FileRefused("FileFormatUnknown")
        if number > MOST_ROWS:
            raise FileRefused("TooManyRows", limit=MOST_ROWS)
        self._number, self._values, self._place = number, [], -1
        self._hidden = self._sizes.is_row_hidden(attributes)

    def _note_sizes(self, name: str, attributes: Attributes) -> None:
        if name == "col":
            first, last = _whole(attributes.get("min", "")), _whole(attributes.get("max", ""))
            among = [letter for letter, place in _PLACES.items() if first <= place + 1 <= last]
            self.unseen.note_columns(self._sizes.hidden_among(attributes, among))
        elif self._number:  # it speaks of rows that came before it
            raise FileRefused("FileFormatUnknown")
        else:
            self._sizes.take_format(attributes)

    def _begin_cell(self, attributes: Attributes) -> None:
        reference = self._reference = attributes.get("r")
        if reference is None:
            self._place += 1
        else:
            column = reference.rstrip("0123456789")
            if reference[len(column) :] != str(self._number):
                raise FileRefused("FileFormatUnknown")
            self._place = _PLACES.get(column, MOST_COLUMNS)
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._formula = self._inline = False
        self._said = []

    def _begin_formula(self, attributes: Attributes) -> None:
        self._formula = self._has_formula = True
        self._formula_as = attributes
        if self._may_have_none:
            raise FileRefused("FormulasWorkedOutAgain")

    def _judge_formula(self, text: str) -> None:
        if self._formulas.are_plain(self._formula_as, text):
            return
        told = re.fullmatch("[A-Z]{1,3}[0-9]{1,7}", self._reference or "")
        cell = told[0] if told else f"{letters(self._place)}{self._number}"
        self._first_not_plain = self._first_not_plain or cell
        if self._is_chosen:
            raise FileRefused("FormulaNotPlain", cell=cell)

    def _end_cell(self) -> None:
        value = self._value("".join(self._said))
        if value is None:
            self._count_empty()
            return
        if self._place >= MOST_COLUMNS:
            if not is_blank(value):
                raise FileRefused("TooManyColumns", limit=MOST_COLUMNS)
            return
        self._values += [""] * (self._place + 1 - len(self._values))
        self._values[self._place] = value

    def _value(self, text: str) -> Value | None:
        if self._kind == "s" and text:
            return self._text_of(self._strings[text])
        if self._kind in {"inlineStr", "str"} and (text or not self._formula):
            return self._text_of(unescaped(text))
        if not text:
            return OddCell(Odd.FORMULA) if self._formula else None
        if self._kind == "n":
            return self._number_of(text)
        if self._kind == "b":
            return text == "1"
        return OddCell(Odd.ERROR if self._kind == "e" else Odd.DATE)

    def _number_of(self, text: str) -> Value:
        try:
            number = float(text)
        except ValueError as error:
            raise FileRefused("FileFormatUnknown") from error
        odd = self._format().number
        return OddCell(odd, number) if odd else number

    def _text_of(self, text: str) -> Value | None:
        odd = self._format().text if text else None
        return OddCell(odd) if odd else text or None

    def _format(self) -> Format:
        """Of the cell; one that names no style has the first."""
        style = int(self._style or "0") if re.fullmatch("(?:0|[1-9][0-9]{0,6})?", self._style) else len(self._formats) + 1
        if not self._formats and not style:
            return NO_FORMAT
        return self._formats[style] if style < len(self._formats) else UNKNOWN_FORMAT

    def _count_empty(self) -> None:
        self._empty -= 1
        if self._empty < 0:
            raise FileRefused("EmptyCellsMany")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise FileRefused("FileFormatUnknown")
    return int(text)
