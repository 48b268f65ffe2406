"""One row of a claims file becomes one claim, or a list of the rules it breaks (protocol §18.3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from backend.case.register.cell_values import Cells, amount_of, text_of
from backend.case.register.columns import BY_KEY, Header, column_letters
from backend.case.register.errors import CellMissing, DocumentNotForLenderType, NumberCutBySpreadsheet, RowRefused, SummaryRow, ValueUnknown
from backend.case.register.rejects import Reject, reject_of
from backend.case.register.rules import words
from backend.case.register.rules.amounts import amount_fen
from backend.case.register.rules.countries import country_code
from backend.case.register.rules.identity import COMPANY_TYPES, COUNTRY_TYPES, Identity, IdType, canonical_identity
from backend.case.register.rules.names import tidy_name
from backend.case.register.rules.phones import NO_PHONE, Phone, read_phone
from backend.case.register.rules.summaries import is_total
from backend.case.register.rules.text import clean, compact, refuse_formula
from backend.case.register.rules.units import YUAN, says_otherwise
from backend.case.register.rules.words import LenderType
from backend.ground.common.errors import BadInput

_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+")  # with its plus: a credit code may have a lone E among digits
_PLUS = re.compile("[+＋]")
_WRITTEN_BY_SPREADSHEET = frozenset({"claim_no", "id_no", "mobile", "account"})
_FORMULA_SIGNS = {"mobile": "=@", "principal_yuan": "=@"}
_OLD_REGISTRATION = re.compile(r"[0-9]{13}|[0-9]{15}")

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
    phone: Phone
    account: str
    amount_fen: int
    voting_class: str
    related: bool
    note: str


class ClaimReader:
    """Reads rows under one header."""

    def __init__(self, header: Header) -> None:
        self._header = header

    def read(self, row: int, cells: Cells) -> Claim:
        """The row's claim. Raises: RowRefused with every rule the row breaks."""
        reading = _Reading(self._header, row, cells)
        reading.refuse_total()
        text = reading.text
        claim_no, account, note = text("claim_no"), text("account"), text("note")
        name = reading.by_rule("name", tidy_name, "")
        lender_type = reading.by_rule("lender_type", words.lender_type, LenderType.PERSON)
        phone = reading.by_rule("mobile", read_phone, NO_PHONE)
        related = reading.by_rule("related", words.yes_or_no, False)
        fen = reading.amount()
        voting_class = reading.by_rule("voting_class", words.voting_class, "")
        id_type, identity = reading.identity(lender_type)
        if reading.rejects:
            raise RowRefused(reading.rejects, row=row, claim_no=claim_no)
        return Claim(row, claim_no, lender_type, name, id_type, identity, phone, account, fen, voting_class, related, note)


class _Reading:
    """One row while it is read; gathers every broken rule instead of stopping at the first."""

    def __init__(self, header: Header, row: int, cells: Cells) -> None:
        self._header = header
        self._row = row
        self._cells = cells
        self.rejects: list[Reject] = []

    def refuse(self, key: str, error: BadInput) -> None:
        """Note a broken rule."""
        self.rejects.append(reject_of(self._row, self._header.cell(key, self._row), key, error))

    def refuse_total(self) -> None:
        """Raises: RowRefused for a row of totals, which has neither a document nor a phone."""
        header = self._header
        if any(str(self._value(key)).strip() for key in ("id_no", "mobile")):
            return
        written = [place for place, cell in enumerate(self._cells) if str(cell).strip()]
        labels = [place for place in written if isinstance(self._cells[place], str) and is_total(str(self._cells[place])[:60])]
        if not labels and written != [header.places["principal_yuan"]]:
            return
        place = (labels or written)[0]
        key = next((key for key, where in header.places.items() if where == place), "claim_no")
        cell = f"{column_letters(place)}{self._row}"
        raise RowRefused([reject_of(self._row, cell, key, SummaryRow(row=self._row))], row=self._row)

    def text(self, key: str) -> str:
        """The cell's clean text; empty after a refusal."""
        return self.by_rule(key, str, "")

    def by_rule(self, key: str, rule: Callable[[str], Value], otherwise: Value) -> Value:
        """The cell's text through a rule; `otherwise` after a refusal."""
        try:
            return rule(self._text(key))
        except BadInput as error:
            self.refuse(key, error)
            return otherwise

    def amount(self) -> int:
        """The principal in fen; 0 after a refusal."""
        cell = self._header.cell("principal_yuan", self._row)
        try:
            self._check_currency()
            value = amount_of(self._value("principal_yuan"), cell, in_yuan=self._header.unit == YUAN)
            return amount_fen(self._text("principal_yuan") if isinstance(value, str) else value, cell, self._header.unit)
        except BadInput as error:
            self.refuse("principal_yuan", error)
            return 0

    def identity(self, lender_type: LenderType) -> tuple[IdType, Identity]:
        """Kind and number of the document; an empty identity after a refusal."""
        nobody = Identity("", "")
        try:
            written = self._text("id_type")
            id_type = words.id_type(written)
        except BadInput as error:
            self.refuse("id_type", error)
            return IdType.RESIDENT, nobody
        if id_type is IdType.CREDIT_CODE and _OLD_REGISTRATION.fullmatch(compact(str(self._value("id_no")))):
            id_type = IdType.REGISTRATION_NUMBER  # a business licence of before 2015
        country = ""
        if id_type in COUNTRY_TYPES:
            country = self.by_rule("issuing_country", country_code, "") or words.implied_country(written)
        identity = self.by_rule("id_no", lambda text: canonical_identity(id_type, text, country), nobody)
        fits = id_type is IdType.OTHER or (lender_type is LenderType.COMPANY) == (id_type in COMPANY_TYPES)
        if not fits and not any(reject.field == "lender_type" for reject in self.rejects):
            self.refuse("id_type", DocumentNotForLenderType())
        return id_type, identity

    def _check_currency(self) -> None:
        """A column of the institution's own may say in what amounts are written; it must not say otherwise than the header."""
        place = self._header.currency
        said = str(self._cells[place])[:40] if place is not None and place < len(self._cells) else ""
        if said and says_otherwise(said, self._header.unit):
            raise ValueUnknown(text=said[:20], allowed=self._header.unit.word)

    def _value(self, key: str) -> object:
        place = self._header.places.get(key)
        return "" if place is None or place >= len(self._cells) else self._cells[place]

    def _text(self, key: str) -> str:
        column, value = BY_KEY[key], self._value(key)
        if not isinstance(value, str):
            value = text_of(value, column, self._header.cell(key, self._row))
        text = clean(value, column.limit)
        if not text:
            if column.may_be_empty:
                return ""
            raise CellMissing
        if key in _WRITTEN_BY_SPREADSHEET and _PLUS.search(text) and _SCIENTIFIC.fullmatch(unicodedata.normalize("NFKC", text)):
            raise NumberCutBySpreadsheet(cell=self._header.cell(key, self._row))
        return refuse_formula(text, _FORMULA_SIGNS.get(key, "=+-@"))
