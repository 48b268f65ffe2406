"""One row becomes one claim, or the list of rules that it breaks (protocol §18.3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from verifier.register.claims import documents, totals
from verifier.register.claims.amounts import fen_of_number, fen_of_text
from verifier.register.claims.cells import Cells, Value, amount_in, digits_of, is_blank
from verifier.register.claims.columns import BY_KEY, Header, letters
from verifier.register.claims.countries import country_of
from verifier.register.claims.documents import BY_COUNTRY, COMPANIES, Identity
from verifier.register.claims.names import readable
from verifier.register.claims.phones import check_phone
from verifier.register.claims.rules import RuleBroken
from verifier.register.claims.text import has_letters, one_line, same_key, without_formula
from verifier.register.claims.units import YUAN, contradicts

COMMON_CLASS = "普通组"
_NO_CLASS = frozenset({"无", "没有", "暂无", "未分组", "n/a", "na", "none", "null"})
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+")
_CUT = frozenset({"claim_no", "id_no", "mobile", "account"})
_SIGNS = {"mobile": "=@", "principal_yuan": "=@"}
_COMPANY = {"个人": False, "自然人": False, "person": False, "企业": True, "公司": True, "机构": True, "company": True}
_YES = {"是": True, "yes": True, "y": True, "true": True, "1": True, "否": False, "no": False, "n": False, "false": False, "0": False}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a register depends on in one row."""

    row: int
    claim_no: str
    name: str
    identity: Identity
    account: str
    amount_fen: int
    voting_class: str
    related: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken rule with its place: row, cell, rule, and what its sentence speaks of."""

    row: int
    cell: str
    rule: str
    facts: dict[str, object]


class RowBroken(Exception):
    """A row with everything that is wrong with it; `claim_no` where it could be read."""

    def __init__(self, broken: list[Broken], claim_no: str) -> None:
        super().__init__(f"{len(broken)} rules")
        self.broken = broken
        self.claim_no = claim_no


def read_claim(header: Header, row: int, cells: Cells) -> Claim:
    """Raises: RowBroken."""
    reading = _Reading(header, row, cells)
    if reading.is_total():
        raise RowBroken(reading.broken, "")
    claim_no, account = reading.text("claim_no"), reading.text("account")
    reading.text("note")
    name = reading.by("name", readable, "")
    company = reading.by("lender_type", lambda text: _one_of(_COMPANY, text), None)
    reading.by("mobile", check_phone, None)
    related = reading.by("related", lambda text: _one_of(_YES, text), False)
    amount_fen = reading.amount()
    voting_class = reading.by("voting_class", _class_named, "")
    identity = reading.identity(company)
    if reading.broken or identity is None:
        raise RowBroken(reading.broken, claim_no)
    return Claim(row, claim_no, name, identity, account, amount_fen, voting_class, related)


def phone_text(header: Header, row: int, cells: Cells) -> str:
    """The text of the row's phone cell; nothing where it breaks a rule."""
    return _Reading(header, row, cells).text("mobile")


class _Reading:
    """One row while it is read."""

    def __init__(self, header: Header, row: int, cells: Cells) -> None:
        self._header = header
        self._row = row
        self._cells = cells
        self.broken: list[Broken] = []

    def is_total(self) -> bool:
        """Whether the row adds others up: no document and no phone, and a word for totals, or an amount and nothing else."""
        if not all(is_blank(self._value(key)) for key in ("id_no", "mobile")):
            return False
        written = [place for place, value in enumerate(self._cells) if not is_blank(value)]
        worded = [place for place in written if isinstance(self._cells[place], str) and totals.says_total(str(self._cells[place]))]
        if not worded and written != [self._header.places["principal_yuan"]]:
            return False
        self.broken.append(Broken(self._row, f"{letters((worded or written)[0])}{self._row}", "SummaryRow", {"row": self._row}))
        return True

    def text(self, key: str) -> str:
        """The cell's text; nothing where it breaks a rule."""
        return self.by(key, str, "")

    def by(self, key: str, rule: Callable[[str], T], otherwise: T) -> T:
        """The cell's text through a rule."""
        try:
            return rule(self._text(key))
        except RuleBroken as error:
            self._refuse(key, error)
            return otherwise

    def amount(self) -> int:
        """The amount in fen."""
        cell, unit = self._header.cell("principal_yuan", self._row), self._header.unit
        try:
            self._check_unit()
            value = amount_in(self._value("principal_yuan"), cell, in_yuan=unit == YUAN)
            return fen_of_text(self._text("principal_yuan"), unit) if isinstance(value, str) else fen_of_number(value, unit, cell)
        except RuleBroken as error:
            self._refuse("principal_yuan", error)
            return 0

    def identity(self, company: bool | None) -> Identity | None:
        """Whose claim it is; `company` is None where the row does not say what the lender is."""
        written = self.text("id_type")
        try:
            kind = documents.kind_of(written) if written else ""
        except RuleBroken as error:
            self._refuse("id_type", error)
            return None
        if not kind:
            return None
        number = self._value("id_no")
        kind = documents.licence_kind(kind, number if isinstance(number, str) else str(number))
        country = ""
        if kind in BY_COUNTRY:
            country = self.by("issuing_country", country_of, "") or documents.country_in(written)
        identity = self.by("id_no", lambda text: documents.identity_of(kind, text, country), None)
        if company is not None and kind != "other" and company != (kind in COMPANIES):
            self._refuse("id_type", RuleBroken("DocumentNotForLenderType"))
        return identity

    def _check_unit(self) -> None:
        place = self._header.own_unit
        if place is not None and place < len(self._cells) and contradicts(str(self._cells[place])[:40], self._header.unit):
            raise RuleBroken("ValueUnknown")

    def _value(self, key: str) -> Value:
        place = self._header.places.get(key)
        return "" if place is None or place >= len(self._cells) else self._cells[place]

    def _text(self, key: str) -> str:
        column, value = BY_KEY[key], self._value(key)
        if not isinstance(value, str):
            if key == "related" and isinstance(value, bool):
                return "true" if value else "false"
            value = digits_of(value, self._header.cell(key, self._row), exact=column.exact, never_cut=key in _CUT)
        text = one_line(value, column.limit)
        if not text:
            if column.empty:
                return ""
            raise RuleBroken("CellMissing")
        if key in _CUT and _SCIENTIFIC.fullmatch(unicodedata.normalize("NFKC", text)):
            raise RuleBroken("NumberCutBySpreadsheet", cell=self._header.cell(key, self._row))
        return without_formula(text, _SIGNS.get(key, "=+-@"))

    def _refuse(self, key: str, error: RuleBroken) -> None:
        self.broken.append(Broken(self._row, self._header.cell(key, self._row), error.rule, error.facts))


def _class_named(text: str) -> str:
    if not text:
        return COMMON_CLASS
    if not has_letters(text) or same_key(text) in _NO_CLASS:
        raise RuleBroken("ValueUnknown")
    return text


def _one_of(words: dict[str, bool], text: str) -> bool:
    found = words.get(text)
    if found is None:
        found = words.get(same_key(text))
    if found is None:
        raise RuleBroken("ValueUnknown")
    return found
