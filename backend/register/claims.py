"""One row of a claims file becomes one claim, or a list of the rules it breaks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from backend.common.errors import BadInput
from backend.register.columns import BY_KEY, Column, Header
from backend.register.errors import CellMissing, CellNotText, DocumentNotForLenderType, NumberCutBySpreadsheet, RowRefused, SummaryRow
from backend.register.rejects import Reject, reject_of
from backend.register.rules import words
from backend.register.rules.amounts import amount_fen
from backend.register.rules.identity import Identity, IdType, canonical_identity
from backend.register.rules.names import tidy_name
from backend.register.rules.phones import canonical_phone
from backend.register.rules.text import clean, refuse_formula
from backend.register.rules.words import LenderType

_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+")  # with its plus: a credit code may have a lone E among digits
_SUMMARY_WORDS = frozenset({"合计", "总计", "小计", "共计", "total", "Total", "TOTAL"})
_WHOLE_LIMIT = 10**15
_WRITTEN_BY_SPREADSHEET = frozenset({"claim_no", "id_no", "mobile", "account"})
_FORMULA_SIGNS = {"mobile": "=@", "principal_yuan": "=@"}

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim as read: canonical identity and phone, amount in fen."""

    row: int
    claim_no: str
    lender_type: LenderType
    name: str
    id_type: IdType
    identity: Identity
    mobile: str
    account: str
    amount_fen: int
    voting_class: str
    related: bool
    note: str


class ClaimReader:
    """Reads rows under one header."""

    def __init__(self, header: Header) -> None:
        self._header = header

    def read(self, row: int, cells: Sequence[object]) -> Claim:
        """The row's claim. Raises: RowRefused with every rule the row breaks."""
        reading = _Reading(self._header, row, cells)
        text = reading.text
        claim_no = text("claim_no")
        if claim_no in _SUMMARY_WORDS:
            reading.refuse("claim_no", SummaryRow(row=row))
            raise RowRefused(reading.rejects, row=row)
        account, note = text("account"), text("note")
        name = reading.by_rule("name", tidy_name, "")
        lender_type = reading.by_rule("lender_type", words.lender_type, LenderType.PERSON)
        id_type = reading.by_rule("id_type", words.id_type, IdType.RESIDENT)
        mobile = reading.by_rule("mobile", canonical_phone, "")
        related = reading.by_rule("related", words.yes_or_no, False)
        fen = reading.amount()
        voting_class = text("voting_class") or words.DEFAULT_CLASS
        identity = Identity("", "")
        if "id_type" not in reading.refused_fields:
            identity = reading.by_rule("id_no", lambda number: canonical_identity(id_type, number), identity)
            if (lender_type is LenderType.COMPANY) != (id_type is IdType.CREDIT_CODE) and "lender_type" not in reading.refused_fields:
                reading.refuse("id_type", DocumentNotForLenderType())
        if reading.rejects:
            raise RowRefused(reading.rejects, row=row, claim_no=claim_no)
        return Claim(row, claim_no, lender_type, name, id_type, identity, mobile, account, fen, voting_class, related, note)


class _Reading:
    """One row while it is read; gathers every broken rule instead of stopping at the first."""

    def __init__(self, header: Header, row: int, cells: Sequence[object]) -> None:
        self._header = header
        self._row = row
        self._cells = cells
        self.rejects: list[Reject] = []

    @property
    def refused_fields(self) -> set[str]:
        """Columns with a broken rule so far."""
        return {reject.field for reject in self.rejects}

    def refuse(self, key: str, error: BadInput) -> None:
        """Note a broken rule."""
        self.rejects.append(reject_of(self._row, self._header.cell(key, self._row), key, error))

    def text(self, key: str) -> str:
        """The cell's clean text; empty after a refusal."""
        try:
            return self._text(BY_KEY[key])
        except BadInput as error:
            self.refuse(key, error)
            return ""

    def by_rule(self, key: str, rule: Callable[[str], Value], otherwise: Value) -> Value:
        """The cell's text through a rule; `otherwise` after a refusal."""
        try:
            return rule(self._text(BY_KEY[key]))
        except BadInput as error:
            self.refuse(key, error)
            return otherwise

    def amount(self) -> int:
        """The principal in fen; 0 after a refusal."""
        column = BY_KEY["principal_yuan"]
        value = self._value(column.key)
        try:
            if isinstance(value, str):
                value = self._text(column)
            return amount_fen(value, self._header.cell(column.key, self._row))
        except BadInput as error:
            self.refuse(column.key, error)
            return 0

    def _value(self, key: str) -> object:
        place = self._header.places.get(key)
        return "" if place is None or place >= len(self._cells) else self._cells[place]

    def _text(self, column: Column) -> str:
        value = self._value(column.key)
        if not isinstance(value, str):
            value = _text_of_number(value, column, self._header.cell(column.key, self._row))
        text = clean(value, column.limit)
        if not text:
            if column.required:
                raise CellMissing
            return ""
        if column.key in _WRITTEN_BY_SPREADSHEET and _SCIENTIFIC.fullmatch(unicodedata.normalize("NFKC", text)):
            raise NumberCutBySpreadsheet(cell=self._header.cell(column.key, self._row))
        return refuse_formula(text, _FORMULA_SIGNS.get(column.key, "=+-@"))


def _text_of_number(value: object, column: Column, cell: str) -> str:
    """A whole number's digits where none can have been lost; identity numbers and phones are never taken from a number.

    Raises: NumberCutBySpreadsheet, CellNotText.
    """
    if isinstance(value, bool):
        if column.key == "related":
            return "true" if value else "false"
        raise CellNotText(cell=cell)
    if isinstance(value, int | float):
        if column.exact:
            raise NumberCutBySpreadsheet(cell=cell)
        if abs(value) < _WHOLE_LIMIT and value == int(value):
            return str(int(value))
        if column.key in _WRITTEN_BY_SPREADSHEET:
            raise NumberCutBySpreadsheet(cell=cell)
    raise CellNotText(cell=cell)
