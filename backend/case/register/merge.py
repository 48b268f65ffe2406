"""Claims of one identity become one lender: one person, one head, however many accounts and kinds of documents (protocol §18.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.case.register.claims import Claim
from backend.case.register.columns import Header
from backend.case.register.documents import DocumentBook
from backend.case.register.errors import (
    AccountOfTwoLenders,
    ClaimNumberTwice,
    IdentityNamesDiffer,
    LenderInTwoClasses,
    LenderRefused,
    MergedAmountTooLarge,
    PassportCountryNeeded,
    RelatedMarksDiffer,
    RowRefused,
    TooManyClasses,
    TotalTooLarge,
)
from backend.case.register.rejects import Reject, reject_of
from backend.case.register.rules.identity import COUNTRY_TYPES, UNUSUAL_TYPES, IdType
from backend.case.register.rules.names import name_key
from backend.case.register.rules.phones import PhoneKind
from backend.case.register.rules.words import MAX_CLASSES, LenderType, Mark
from backend.ground.common.money import MAX_FEN
from backend.ground.common.text import same_key


@dataclass(slots=True)
class MergedLender:
    """One identity with all its claims so far; `number` counts lenders in the order of the file.

    `mobiles` get codes; `contacts` are the other phones; `written` is the document number in every way in which the file has it.
    """

    number: int
    first_row: int
    identity_key: str
    name: str
    lender_type: LenderType
    id_type: IdType
    mobiles: tuple[str, ...]
    contacts: tuple[str, ...]
    written: tuple[str, ...]
    voting_class: str
    related: bool
    amount_fen: int
    claims: int = 1

    def marks(self) -> tuple[Mark, ...]:
        """Why a person has to look after this lender, as far as the lender's own rows say."""
        marks = []
        if not self.mobiles:
            abroad = any(contact.startswith("+") for contact in self.contacts)
            marks.append(Mark.PHONE_ABROAD if abroad else Mark.LANDLINE if self.contacts else Mark.NO_PHONE)
        if self.id_type in UNUSUAL_TYPES:
            marks.append(Mark.UNUSUAL_DOCUMENT)
        return tuple(marks)


@dataclass(frozen=True)
class ClassSum:
    """Lenders and fen of one voting class."""

    name: str
    lenders: int
    total_fen: int


class Merge:
    """Takes claims one by one and holds the lenders they make."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._lenders: dict[str, MergedLender] = {}
        self._documents = DocumentBook()
        self._claim_rows: dict[str, int] = {}
        self._account_owners: dict[str, tuple[int, int]] = {}
        self._classes: dict[str, str] = {}
        self._class_names: dict[str, str] = {}

    def __iter__(self) -> Iterator[MergedLender]:
        return iter(self._lenders.values())

    def __len__(self) -> int:
        return len(self._lenders)

    def add(self, claim: Claim) -> MergedLender:
        """Merge one claim. Raises: RowRefused, with the claim left out."""
        voting_class = self._class_of(claim.voting_class)
        lender = self._lenders.get(claim.identity.key)
        number_key, account_key = same_key(claim.claim_no), same_key(claim.account)
        rejects = self._check_numbers(claim, lender, number_key, account_key)
        if lender is not None:
            rejects += self._check_lender(claim, lender, voting_class)
        else:
            error = self._documents.conflict(claim, self._lenders)
            rejects += [self._reject(claim, "id_no", error)] if error is not None else []
        self._claim_rows.setdefault(number_key, claim.row)
        if rejects:
            raise RowRefused(rejects, row=claim.row)
        if lender is None:
            lender = self._lenders[claim.identity.key] = _first(claim, len(self._lenders), voting_class)
            self._documents.note(claim, lender)
        else:
            _join(lender, claim)
        self._account_owners.setdefault(account_key, (lender.number, claim.row))
        return lender

    def note_refused(self, row: int, claim_no: str) -> list[Reject]:
        """Remember the claim number of a row that was refused for something else, so that its repetition is found in the same go."""
        first_row = self._claim_rows.setdefault(same_key(claim_no), row) if claim_no else row
        if first_row == row:
            return []
        error = ClaimNumberTwice(first_row=first_row, first_cell=self._header.cell("claim_no", first_row))
        return [reject_of(row, self._header.cell("claim_no", row), "claim_no", error)]

    def class_sums(self, *, related: bool = False) -> list[ClassSum]:
        """Heads and fen of each class, in the order of the file; only lenders with a claim above 0."""
        heads: dict[str, int] = {}
        fen: dict[str, int] = {}
        for lender in self:
            if lender.related == related and lender.amount_fen > 0:
                heads[lender.voting_class] = heads.get(lender.voting_class, 0) + 1
                fen[lender.voting_class] = fen.get(lender.voting_class, 0) + lender.amount_fen
        return [ClassSum(name, heads[name], fen[name]) for name in heads]

    def marked(self) -> dict[int, tuple[Mark, ...]]:
        """Every lender whom a person has to look after, by number, with the reasons."""
        alike = Counter(place for lender in self for place in _places(lender))
        found: dict[int, tuple[Mark, ...]] = {}
        for lender in self:
            same = (Mark.MAYBE_SAME_PERSON,) if any(alike[place] > 1 for place in _places(lender)) else ()
            marks = (*lender.marks(), *same)
            if marks:
                found[lender.number] = marks
        return found

    def _class_of(self, written: str) -> str:
        """One class for all writings that are surely the same, under the first of them."""
        found = self._classes.get(written)
        if found is None:
            found = self._classes[written] = self._class_names.setdefault(same_key(written), written)
        return found

    def _check_numbers(self, claim: Claim, lender: MergedLender | None, number_key: str, account_key: str) -> list[Reject]:
        rejects = []
        first_row = self._claim_rows.get(number_key)
        if first_row is not None:
            twice = ClaimNumberTwice(first_row=first_row, first_cell=self._header.cell("claim_no", first_row))
            rejects.append(self._reject(claim, "claim_no", twice))
        owner = self._account_owners.get(account_key)
        if owner is not None and (lender is None or owner[0] != lender.number):
            shared = AccountOfTwoLenders(first_row=owner[1], first_cell=self._header.cell("account", owner[1]))
            rejects.append(self._reject(claim, "account", shared))
        return rejects

    def _check_lender(self, claim: Claim, lender: MergedLender, voting_class: str) -> list[Reject]:
        rows = {"first_row": lender.first_row, "row": claim.row}
        rejects = []
        if claim.name != lender.name and name_key(claim.name) != name_key(lender.name):
            unnamed = claim.id_type in COUNTRY_TYPES and not claim.identity.country
            error = PassportCountryNeeded(**rows) if unnamed else IdentityNamesDiffer(**rows)
            rejects.append(self._reject(claim, "id_no" if unnamed else "name", error))
        if voting_class != lender.voting_class:
            rejects.append(self._reject(claim, "voting_class", LenderInTwoClasses(**rows)))
        if claim.related != lender.related:
            rejects.append(self._reject(claim, "related", RelatedMarksDiffer(**rows)))
        if lender.amount_fen + claim.amount_fen > MAX_FEN:
            rejects.append(self._reject(claim, "principal_yuan", MergedAmountTooLarge()))
        return rejects

    def _reject(self, claim: Claim, key: str, error: LenderRefused) -> Reject:
        return reject_of(claim.row, self._header.cell(key, claim.row), key, error)


def check_limits(classes: Sequence[ClassSum], related: Sequence[ClassSum]) -> None:
    """Refuse what no register can hold, related parties included: they may be let in. Raises: TooManyClasses, TotalTooLarge."""
    names = {each.name for each in (*classes, *related)}
    if len(names) > MAX_CLASSES:
        raise TooManyClasses(count=len(names), limit=MAX_CLASSES)
    if sum(each.total_fen for each in (*classes, *related)) > MAX_FEN:
        raise TotalTooLarge


def _places(lender: MergedLender) -> Iterator[tuple[str, str]]:
    """What two lenders share only when they may be one."""
    name = name_key(lender.name)
    if lender.lender_type is LenderType.COMPANY:
        yield name, "company"
    else:
        yield from ((name, phone) for phone in (*lender.mobiles, *lender.contacts))


def _first(claim: Claim, number: int, voting_class: str) -> MergedLender:
    mobile = claim.phone.kind is PhoneKind.MOBILE
    return MergedLender(
        number=number,
        first_row=claim.row,
        identity_key=claim.identity.key,
        name=claim.name,
        lender_type=claim.lender_type,
        id_type=claim.id_type,
        mobiles=(claim.phone.number,) if mobile else (),
        contacts=(claim.phone.number,) if claim.phone.number and not mobile else (),
        written=(claim.identity.written,),
        voting_class=voting_class,
        related=claim.related,
        amount_fen=claim.amount_fen,
    )


def _join(lender: MergedLender, claim: Claim) -> None:
    lender.amount_fen += claim.amount_fen
    lender.claims += 1
    number = claim.phone.number
    if claim.phone.kind is PhoneKind.MOBILE and number not in lender.mobiles:
        lender.mobiles += (number,)
    elif claim.phone.kind is not PhoneKind.MOBILE and number and number not in lender.contacts:
        lender.contacts += (number,)
    if claim.identity.written not in lender.written:
        lender.written += (claim.identity.written,)
