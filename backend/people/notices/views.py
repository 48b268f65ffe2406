"""What the ledger gives to others and takes from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.people.notices.rules.ledger import State
from backend.people.notices.rules.ways import Contact


@dataclass(frozen=True)
class Recipient:
    """Whom a notice is for: the keyed hash of the identity, the index where there is a register, and how to reach them at first."""

    person: bytes = field(repr=False)
    lender_index: int | None
    contact: Contact = field(repr=False)


@dataclass(frozen=True)
class KindView:
    """All notices of a kind about one thing, in numbers of people."""

    kind: str
    total: int
    told: int
    unreached: int


@dataclass(frozen=True)
class MailingView:
    """A notice to many, and how many stand where; `root` and `tx_id` once it is closed and anchored."""

    id: str
    number: int
    case_id: str
    subject: str
    kind: str
    made_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    root: str
    tx_hash: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many people it is for."""
        return sum(self.counts.values())

    @property
    def told(self) -> int:
        """How many are known to have been told, or whose letter went to the post."""
        return self.counts.get(State.TOLD, 0) + self.counts.get(State.POSTED, 0)

    @property
    def unreached(self) -> int:
        """How many no way led to."""
        return self.counts.get(State.UNREACHED, 0)


@dataclass(frozen=True)
class AttemptView:
    """One way that was tried: nothing of the address."""

    channel: str
    provider: str
    state: str
    made_at: datetime


@dataclass(frozen=True)
class NoticeView:
    """One lender's notice and what became of it; with its proof under the root once that stands."""

    id: str
    kind: str
    code: str
    state: str
    channel: str
    made_at: datetime
    ended_at: datetime | None
    attempts: Sequence[AttemptView]
    text: str = field(repr=False)
    template: str
    root: str
    tx_hash: str
    proof: Sequence[tuple[bool, str]] = ()


@dataclass(frozen=True)
class CheckedMessage:
    """A message that is ours: what kind, about what, when it was made. Nothing of whose it is."""

    kind: str
    subject: str
    made_at: datetime
    text: str
    code: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Letter:
    """One letter that waits for the post, with the person's own word in it."""

    id: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    zh: str = field(repr=False)
    en: str = field(repr=False)
    link: str = field(repr=False)
