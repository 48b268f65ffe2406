"""Claims of one document become one lender, whatever account and kind of document they stand under (protocol §18.4)."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from verifier.register.claims.amounts import LARGEST_FEN
from verifier.register.claims.columns import Header
from verifier.register.claims.documents import BY_COUNTRY, RESIDENTS, Identity
from verifier.register.claims.names import name_key
from verifier.register.claims.numbers import before_1999, is_resident, resident
from verifier.register.claims.rows import Broken, Claim, RowBroken
from verifier.register.claims.text import same_key

MOST_CLASSES = 16
_NOBODY = -1
_WORDS_KEPT = 1_000


@dataclass(slots=True)
class Lender:
    """One lender of the file; `number` counts from 0 in the file's order, `claims` are rows."""

    number: int
    first_row: int
    name: str
    voting_class: str
    related: bool
    amount_fen: int
    claims: int = 1


class Merge:
    """Takes claims in the file's order. Keys of what was seen are kept as short hashes, so that memory grows with rows only."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self.lenders: list[Lender] = []
        self._by_identity: dict[bytes, Lender] = {}
        self._by_number: dict[str, list[tuple[Identity, Lender]]] = {}
        self._claim_rows: dict[bytes, int] = {}
        self._accounts: dict[bytes, tuple[int, int]] = {}
        self._classes: dict[str, str] = {}
        self._class_names: dict[str, str] = {}
        self._owners = array("i")

    def add(self, claim: Claim) -> None:
        """Merge one claim. Raises: RowBroken, and the claim is left out."""
        lender = self._by_identity.get(_short(claim.identity.key))
        voting_class = self._class_of(claim.voting_class)
        account = _short(same_key(claim.account))
        broken = [*self._twice(claim, account, lender), *(self._against(claim, lender, voting_class) if lender else self._beside(claim))]
        if broken:
            raise RowBroken(broken, claim.claim_no)
        if lender is None:
            lender = self._new(claim, voting_class)
        else:
            lender.amount_fen += claim.amount_fen
            lender.claims += 1
        self._accounts.setdefault(account, (lender.number, claim.row))
        self._own(claim.row, lender.number)

    def note_broken(self, row: int, claim_no: str) -> list[Broken]:
        """Remember the number of a claim that was refused for something else; a repetition is found all the same."""
        if not claim_no:
            return []
        first_row = self._claim_rows.setdefault(_short(same_key(claim_no)), row)
        return [] if first_row == row else [self._broken(row, "claim_no", "ClaimNumberTwice", first_row)]

    @property
    def last_row(self) -> int:
        """The last row with a claim."""
        return len(self._owners) - 1

    def owner(self, row: int) -> Lender | None:
        """Whose claim is in a row; nobody where there is none."""
        number = self._owners[row] if 0 <= row < len(self._owners) else _NOBODY
        return None if number == _NOBODY else self.lenders[number]

    def rows_of(self, wanted: set[int]) -> dict[int, list[int]]:
        """The rows of lenders, by their numbers; for few of them, as it goes through all rows."""
        found: dict[int, list[int]] = {number: [] for number in wanted}
        for row, number in enumerate(self._owners):
            if number in found:
                found[number].append(row)
        return found

    def _class_of(self, written: str) -> str:
        """One class, however it is written; the first way of writing it names it."""
        if written not in self._classes:
            if len(self._classes) > _WORDS_KEPT:
                self._classes.clear()
            self._classes[written] = self._class_names.setdefault(same_key(written), written)
        return self._classes[written]

    def _twice(self, claim: Claim, account: bytes, lender: Lender | None) -> Iterator[Broken]:
        first_row = self._claim_rows.setdefault(_short(same_key(claim.claim_no)), claim.row)
        if first_row != claim.row:
            yield self._broken(claim.row, "claim_no", "ClaimNumberTwice", first_row)
        owner = self._accounts.get(account)
        if owner is not None and (lender is None or owner[0] != lender.number):
            yield self._broken(claim.row, "account", "AccountOfTwoLenders", owner[1])

    def _against(self, claim: Claim, lender: Lender, voting_class: str) -> Iterator[Broken]:
        if name_key(claim.name) != name_key(lender.name):
            unnamed = claim.identity.family in BY_COUNTRY and not claim.identity.country
            key, rule = ("id_no", "PassportCountryNeeded") if unnamed else ("name", "IdentityNamesDiffer")
            yield self._broken(claim.row, key, rule, lender.first_row)
        if voting_class != lender.voting_class:
            yield self._broken(claim.row, "voting_class", "LenderInTwoClasses", lender.first_row)
        if claim.related != lender.related:
            yield self._broken(claim.row, "related", "RelatedMarksDiffer", lender.first_row)
        if lender.amount_fen + claim.amount_fen > LARGEST_FEN:
            yield self._broken(claim.row, "principal_yuan", "MergedAmountTooLarge", lender.first_row)

    def _beside(self, claim: Claim) -> Iterator[Broken]:
        """A new identity may have the number of an earlier one only where a country and another name tell them apart."""
        for form in _forms(claim.identity):
            for identity, lender in self._by_number.get(form, ()):
                rule = _between(claim, identity, lender)
                if rule:
                    yield self._broken(claim.row, "id_no", rule, lender.first_row)
                    return
            if claim.identity.family != RESIDENTS and is_resident(form):
                person = self._by_identity.get(_short(Identity(RESIDENTS, "", resident(form), "").key))
                if person is not None:
                    yield self._broken(claim.row, "id_no", "NumberUnderAnotherDocument", person.first_row)
                    return

    def _new(self, claim: Claim, voting_class: str) -> Lender:
        lender = Lender(len(self.lenders), claim.row, claim.name, voting_class, claim.related, claim.amount_fen)
        self.lenders.append(lender)
        self._by_identity[_short(claim.identity.key)] = lender
        if claim.identity.family != RESIDENTS:  # nearly all are residents, and those are found by their identity
            for form in _forms(claim.identity):
                self._by_number.setdefault(form, []).append((claim.identity, lender))
        return lender

    def _own(self, row: int, number: int) -> None:
        if row >= len(self._owners):
            self._owners.extend([_NOBODY] * (row + 1 - len(self._owners)))
        self._owners[row] = number

    def _broken(self, row: int, key: str, rule: str, first_row: int) -> Broken:
        facts: dict[str, object] = {"row": row, "first_row": first_row, "first_cell": self._header.cell(key, first_row)}
        return Broken(row, self._header.cell(key, row), rule, facts)


def _short(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).digest()


def _forms(identity: Identity) -> Iterator[str]:
    """The ways in which another row may write the same number."""
    yield identity.number
    if identity.family == RESIDENTS:
        yield before_1999(identity.number)
    elif identity.written != identity.number:
        yield identity.written


def _between(claim: Claim, earlier: Identity, lender: Lender) -> str:
    """The rule that two like numbers break; nothing when they are two documents of two lenders."""
    same_name = name_key(claim.name) == name_key(lender.name)
    countries = [each.country for each in (claim.identity, earlier) if each.family in BY_COUNTRY]
    if claim.identity.family == earlier.family:
        apart = len(countries) == 2 and all(countries) and not same_name
        return "" if apart else "PassportCountryNeeded"
    return "" if any(countries) and not same_name else "NumberUnderAnotherDocument"
