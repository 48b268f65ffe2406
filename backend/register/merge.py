"""Claims of one identity become one lender: one person, one head, however many accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.common.money import MAX_FEN
from backend.register.claims import Claim
from backend.register.columns import Header
from backend.register.errors import (
    AccountOfTwoLenders,
    ClaimNumberTwice,
    IdentityNamesDiffer,
    LenderInTwoClasses,
    LenderRefused,
    MergedAmountTooLarge,
    RelatedMarksDiffer,
    RowRefused,
    TooManyClasses,
    TotalTooLarge,
)
from backend.register.rejects import Reject, reject_of
from backend.register.rules.identity import IdType
from backend.register.rules.names import name_key
from backend.register.rules.words import MAX_CLASSES, LenderType


@dataclass(slots=True)
class MergedLender:
    """One identity with all its claims so far; `number` counts lenders in the order of the file."""

    number: int
    first_row: int
    identity_key: str
    name: str
    lender_type: LenderType
    id_type: IdType
    mobiles: tuple[str, ...]
    voting_class: str
    related: bool
    amount_fen: int
    claims: int = 1


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
        self._claim_rows: dict[str, int] = {}
        self._account_owners: dict[str, tuple[int, int]] = {}

    def __iter__(self) -> Iterator[MergedLender]:
        return iter(self._lenders.values())

    def __len__(self) -> int:
        return len(self._lenders)

    def add(self, claim: Claim) -> MergedLender:
        """Merge one claim. Raises: RowRefused, with the claim left out."""
        lender = self._lenders.get(claim.identity.key)
        rejects = self._check_numbers(claim, lender)
        if lender is not None:
            rejects += self._check_lender(claim, lender)
        self._claim_rows.setdefault(claim.claim_no, claim.row)
        if rejects:
            raise RowRefused(rejects, row=claim.row)
        if lender is None:
            lender = _first(claim, len(self._lenders))
            self._lenders[claim.identity.key] = lender
        else:
            lender.amount_fen += claim.amount_fen
            lender.claims += 1
            if claim.mobile not in lender.mobiles:
                lender.mobiles += (claim.mobile,)
        self._account_owners.setdefault(claim.account, (lender.number, claim.row))
        return lender

    def note_refused(self, row: int, claim_no: str) -> list[Reject]:
        """Remember the claim number of a row that was refused for something else, so that its repetition is found in the same go."""
        first_row = self._claim_rows.setdefault(claim_no, row) if claim_no else row
        if first_row == row:
            return []
        error = ClaimNumberTwice(first_row=first_row)
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

    def _check_numbers(self, claim: Claim, lender: MergedLender | None) -> list[Reject]:
        rejects = []
        first_row = self._claim_rows.get(claim.claim_no)
        if first_row is not None:
            rejects.append(self._reject(claim, "claim_no", ClaimNumberTwice(first_row=first_row)))
        owner = self._account_owners.get(claim.account)
        if owner is not None and (lender is None or owner[0] != lender.number):
            rejects.append(self._reject(claim, "account", AccountOfTwoLenders(first_row=owner[1])))
        return rejects

    def _check_lender(self, claim: Claim, lender: MergedLender) -> list[Reject]:
        rows = {"first_row": lender.first_row, "row": claim.row}
        rejects = []
        if claim.name != lender.name and name_key(claim.name) != name_key(lender.name):
            rejects.append(self._reject(claim, "name", IdentityNamesDiffer(**rows)))
        if claim.voting_class != lender.voting_class:
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


def _first(claim: Claim, number: int) -> MergedLender:
    return MergedLender(
        number=number,
        first_row=claim.row,
        identity_key=claim.identity.key,
        name=claim.name,
        lender_type=claim.lender_type,
        id_type=claim.id_type,
        mobiles=(claim.mobile,),
        voting_class=claim.voting_class,
        related=claim.related,
        amount_fen=claim.amount_fen,
    )
