"""What the register room gives to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from backend.case.register.merge import ClassSum
from backend.case.register.rejects import Reject
from backend.case.register.sheets import Unseen
from backend.ground.chain.values import ClassTotals


class ImportStatus(StrEnum):
    """What became of a claims file."""

    LOADING = "loading"
    """Rows are being stored; nobody sees them yet."""
    ACCEPTED = "accepted"
    REFUSED = "refused"


class RegisterStatus(StrEnum):
    """How far a case's register is, as others see it."""

    EMPTY = "empty"
    IMPORTED = "imported"
    FREEZING = "freezing"
    """Drawn up; officials sign, or the chain's word is awaited."""
    FROZEN = "frozen"


Progress = Callable[[int, int], None]
"""Called with (done, total) in rows; total is an estimate until the end."""


@dataclass(frozen=True)
class ImportReport:
    """What an import found.

    `accepted` and `refused` are rows; `merged` is how many of the accepted rows were joined to an earlier one of the same lender.
    `rejects` may be fewer than `rejects_total` (see `rejects.MAX_LISTED`).
    `claims_keccak` is the file's hash as officials sign it, 0x hex; empty for imports of before it was taken.
    `lenders`, `total_fen` and `classes` are what a register of this import has: without related parties and without claims of 0.
    `unit` is what the amounts were written in; `stopped_at_row` where a file without hope was given up. `for_officials` counts lenders
    whom a person has to look after, by `Mark`; `unseen` is what a person does not see of the workbook.
    """

    id: str
    case_id: str
    file_name: str
    file_sha256: bytes
    dry_run: bool
    status: ImportStatus
    imported_at: datetime
    rows: int
    accepted: int
    refused: int
    merged: int
    lenders: int
    total_fen: int
    classes: Sequence[ClassSum]
    related_lenders: int
    related_fen: int
    lenders_without_claim: int
    ignored_columns: Sequence[str]
    rejects_total: int
    rejects: Sequence[Reject] = field(default=(), repr=False)
    claims_keccak: str = ""
    unit: str = "元"
    stopped_at_row: int | None = None
    for_officials: Mapping[str, int] = field(default_factory=dict)
    lenders_for_officials: int = 0
    unseen: Unseen = field(default_factory=Unseen)

    @property
    def total_with_related_fen(self) -> int:
        """What the register would add up to with the related parties in it."""
        return self.total_fen + self.related_fen


@dataclass(frozen=True)
class FrozenClass:
    """One voting class of a frozen register; its number is its place. `blind` is the sum of the blinds modulo n."""

    name: str
    heads: int
    amount_fen: int
    blind: int

    @property
    def totals(self) -> ClassTotals:
        """As the contract takes it."""
        return ClassTotals(self.heads, self.amount_fen, self.blind)


@dataclass(frozen=True)
class FrozenLeaf:
    """One leaf as published: nothing personal in it."""

    index: int
    voting_class: int
    x: int
    y: int


@dataclass(frozen=True)
class LenderLeaf:
    """One lender's leaf with its opening, for that lender's eyes and the relay's sums only; `proof` from the bottom to the top."""

    index: int
    voting_class: int
    class_name: str
    amount_fen: int = field(repr=False)
    blind: int = field(repr=False)
    x: int
    y: int
    proof: Sequence[bytes] = field(repr=False)
    name: str = field(repr=False)
    name_masked: str


@dataclass(frozen=True)
class LenderDocument:
    """What officials compare with the document that a lender shows: its kind, and the end of each number that the register has for it."""

    name: str = field(repr=False)
    name_masked: str
    kind: str
    number_ends: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class FalseLeaf:
    """A leaf that holds no claim (protocol §9.1): `amount` modulo n is 2^63 or more."""

    index: int
    amount: int
    blind: int = field(repr=False)


@dataclass(frozen=True)
class ClaimPart:
    """One claim of the imported file that is in a lender's amount: its number in the institution's books, and fen."""

    claim_no: str
    amount_fen: int = field(repr=False)


@dataclass(frozen=True)
class MarkedLender:
    """A lender whom a person has to look after (protocol §18.6), as officials and institution see it.

    `index` is None while the register is not frozen, and for lenders who have no vote. `claim_numbers` are the first few of the
    institution's own numbers, by which it finds the lender in its books.
    """

    index: int | None
    name_masked: str
    voting_class: str
    marks: Sequence[str]
    claim_numbers: Sequence[str]


@dataclass(frozen=True)
class FrozenRegister:
    """A frozen register; `leaves` may be gone through any number of times, in index order."""

    case_id: str
    register_number: int
    root: bytes
    depth: int
    leaf_count: int
    classes: Sequence[FrozenClass]
    frozen_at: datetime
    range_proofs_hash: bytes | None
    """None where the register was frozen without proofs."""
    leaves: LeafSource = field(repr=False)


class LeafSource:
    """All leaves of a register, read again for each loop."""

    def __init__(self, read: Callable[[], Iterator[FrozenLeaf]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[FrozenLeaf]:
        return self._read()


@dataclass(frozen=True)
class RegisterView:
    """Where a case's register stands: the newest import and what became of it."""

    status: RegisterStatus
    newest_import: ImportReport | None
    register_number: int | None
    root: bytes | None
    lenders: int
    classes: Sequence[FrozenClass] | Sequence[ClassSum]
    act_id: str | None
