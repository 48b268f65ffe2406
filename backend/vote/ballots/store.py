"""Tables and SQL of the ballots room: what was receipted, and on which way to the chain it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    SmallInteger,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.common.voting import SealedChoices
from backend.ground.db.base import Base, UtcTime
from backend.vote.ballots.books import Place
from backend.vote.ballots.rules import WAITING, BallotStatus, SignedBallot


class BatchStatus(StrEnum):
    """Where a batch of ballots stands."""

    FORMED = "formed"
    SENT = "sent"
    DONE = "done"
    SPLIT = "split"
    """Refused as a whole; its ballots go into smaller ones."""


class PublishedPlace(Protocol):
    """Where a receipt is in the published list."""

    @property
    def index(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def place(self) -> Place | None: ...


class BatchRow(Base):
    """Ballots that go to the chain in one transaction; a split batch has handed its ballots to others."""

    __tablename__ = "ballots_batches"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    poll_id: Mapped[str] = mapped_column(String(20), index=True)
    status: Mapped[str] = mapped_column(String(10), index=True)
    single: Mapped[bool] = mapped_column()
    """Sent by `cast`, one ballot with its own credential."""
    list_expires_at: Mapped[int | None] = mapped_column(BigInteger)
    list_signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The verifier's list, kept before sending: after a crash the very same call is sent again."""
    attempts: Mapped[int] = mapped_column()
    """Rounds in which the node failed to answer for it."""
    tx_id: Mapped[str | None] = mapped_column(String(40))
    refusal: Mapped[str | None] = mapped_column(String(200))
    formed_at: Mapped[datetime] = mapped_column(UtcTime)


class BallotRow(Base):
    """One receipted ballot with its credential, its receipt and where it stands."""

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("poll_id", "lender_index", "sequence"),
        UniqueConstraint("poll_id", "digest", name="uq_ballots_digest"),
        Index("ix_ballots_way", "poll_id", "status", "batch_id"),
        # Two receipts under one number of a book would be a fork; polls of protocol 1 have no books.
        Index("uq_ballots_place", "poll_id", "book", "book_number", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    poll_id: Mapped[str] = mapped_column(String(20))
    lender_index: Mapped[int] = mapped_column()
    choice: Mapped[int] = mapped_column(SmallInteger)
    """0 in a sealed poll, whose choices nobody here can read."""
    sequence: Mapped[int] = mapped_column(SmallInteger)
    ballot_key: Mapped[str] = mapped_column(String(42))
    ballot_signature: Mapped[str] = mapped_column(String(132))
    credential_expires_at: Mapped[int] = mapped_column(BigInteger)
    credential_signature: Mapped[str] = mapped_column(String(132))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    receipt_signature: Mapped[str] = mapped_column(String(132))
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[int] = mapped_column(SmallInteger, default=0)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("ballots_batches.id"), index=True)
    tx_hash: Mapped[str | None] = mapped_column(String(66))
    block: Mapped[int | None] = mapped_column(BigInteger)
    book: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    book_number: Mapped[int | None] = mapped_column(BigInteger)
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sealed_choice: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    """In a sealed poll (protocol §21.1); both empty in an open one."""
    previous: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The receipt's place (protocol §11): book, number there, digest of the receipt before; all three empty in polls of protocol 1."""

    @property
    def index(self) -> int:
        """The lender's index; the column's name avoids SQL's own word."""
        return self.lender_index

    def signed(self) -> SignedBallot:
        """The ballot as it was handed in."""
        return SignedBallot(
            self.lender_index,
            self.choice,
            self.sequence,
            self.ballot_key,
            self.ballot_signature,
            self.credential_expires_at,
            self.credential_signature,
            self.sealed,
        )

    @property
    def sealed(self) -> SealedChoices | None:
        """What was sealed, in a sealed poll."""
        return None if self.seal is None or self.sealed_choice is None else SealedChoices(self.seal, self.sealed_choice)

    @property
    def packed(self) -> bytes:
        """Seal and sealed choice in 40 bytes; none in an open poll."""
        return (self.seal or b"") + (self.sealed_choice or b"")


class ClosingRow(Base):
    """The books of a poll are closed: from here on no receipt is written, whatever process has a ballot in hand."""

    __tablename__ = "ballots_closings"

    poll_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(UtcTime)


def find_digest(session: Session, poll_id: str, digest: bytes) -> BallotRow | None:
    """The ballot with this digest, if it was receipted before."""
    return session.scalar(select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.digest == digest))


def find_number(session: Session, number: str) -> BallotRow | None:
    """The ballot under a receipt number."""
    return session.scalar(select(BallotRow).where(BallotRow.number == number))


# Made once: at intake, building a query again would cost more than running it.
_TABLE = BallotRow.__table__
_OF_LENDERS = select(_TABLE).where(
    BallotRow.poll_id == bindparam("poll_id"), BallotRow.lender_index.in_(bindparam("indexes", expanding=True))
)
_CLOSED = select(ClosingRow.__table__.c.poll_id).where(ClosingRow.__table__.c.poll_id.in_(bindparam("poll_ids", expanding=True)))
_TAKEN = select(_TABLE.c.number).where(_TABLE.c.number.in_(bindparam("numbers", expanding=True)))
_ADD = insert(BallotRow.__table__)  # type: ignore[arg-type]
#: What intake writes of a ballot: the journal's lines have the same.
WRITTEN_AT_INTAKE = (
    "poll_id", "lender_index", "choice", "sequence", "ballot_key", "ballot_signature", "credential_expires_at", "credential_signature",
    "digest", "number", "received_at", "receipt_signature", "status", "reason", "book", "book_number", "previous",
    "seal", "sealed_choice",
)  # fmt: skip


def ballots_of_lenders(session: Session, poll_id: str, indexes: Collection[int]) -> Sequence[Row[Any]]:
    """All that a poll's new ballots of these lenders can collide with: the lenders' own ballots."""
    return session.connection().execute(_OF_LENDERS, {"poll_id": poll_id, "indexes": list(indexes)}).all()


def values_of(row: BallotRow | Row[Any]) -> dict[str, object]:
    """What intake wrote of a ballot; where it stands now is looked up on the chain."""
    return {name: getattr(row, name) for name in WRITTEN_AT_INTAKE} | {"status": BallotStatus.SUBMITTED, "reason": 0}


def find_numbers(session: Session, numbers: Collection[str]) -> Sequence[str]:
    """Those of these receipt numbers that are taken."""
    return session.connection().execute(_TAKEN, {"numbers": list(numbers)}).scalars().all()


def closed_polls(session: Session, poll_ids: Collection[str]) -> set[str]:
    """Those of these polls whose books are closed."""
    return set(session.connection().execute(_CLOSED, {"poll_ids": list(poll_ids)}).scalars())


def close_books(session: Session, poll_id: str, closed_at: datetime) -> None:
    """Write down that a poll's books are closed; does nothing when they were before."""
    if session.get(ClosingRow, poll_id) is None:
        session.add(ClosingRow(poll_id=poll_id, closed_at=closed_at))


def ends_of_books(session: Session, poll_id: str) -> Sequence[BallotRow]:
    """The last receipt of each book of a poll, ascending by book."""
    ends = select(BallotRow.book, func.max(BallotRow.book_number).label("number"))
    ends = ends.where(BallotRow.poll_id == poll_id, BallotRow.book.is_not(None)).group_by(BallotRow.book)
    last = ends.subquery()
    here = and_(BallotRow.book == last.c.book, BallotRow.book_number == last.c.number)
    return session.scalars(select(BallotRow).join(last, here).where(BallotRow.poll_id == poll_id).order_by(BallotRow.book)).all()


def oldest_behind(session: Session, poll_id: str, numbers: Mapping[bytes, int]) -> datetime | None:
    """When the oldest receipt was given that stands behind these numbers of its book, or in a book not named."""
    in_books = select(BallotRow.received_at).where(BallotRow.poll_id == poll_id, BallotRow.book.is_not(None))
    first = in_books.where(BallotRow.book_number == 1, BallotRow.book.not_in(list(numbers)))
    found = [moment for (moment,) in session.execute(first)]
    for book, number in numbers.items():
        found += session.scalars(in_books.where(BallotRow.book == book, BallotRow.book_number == number + 1)).all()
    return min(found, default=None)


def add_ballots(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Add receipted ballots; a row has every column that is not filled in later."""
    if rows:
        session.connection().execute(_ADD, [dict(row) for row in rows])


def ballots_of(session: Session, poll_id: str, index: int) -> Sequence[BallotRow]:
    """A lender's receipted ballots, newest first."""
    query = select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.lender_index == index)
    return session.scalars(query.order_by(BallotRow.sequence.desc())).all()


def arrivals(session: Session, poll_id: str, after: int, limit: int) -> Sequence[Row[int, int, str, datetime]]:
    """Id, index, key and time of a poll's ballots from behind an id on; not what they say."""
    query = select(BallotRow.id, BallotRow.lender_index, BallotRow.ballot_key, BallotRow.received_at)
    return session.execute(query.where(BallotRow.poll_id == poll_id, BallotRow.id > after).order_by(BallotRow.id).limit(limit)).all()


def page_of_receipts(session: Session, poll_id: str, after: PublishedPlace | None, limit: int, *, in_books: bool) -> Sequence[BallotRow]:
    """Receipts of a poll from behind one on: book after book by rising number, or by index and sequence where there are no books."""
    columns: tuple[Any, Any] = (BallotRow.book, BallotRow.book_number) if in_books else (BallotRow.lender_index, BallotRow.sequence)
    query = select(BallotRow).where(BallotRow.poll_id == poll_id)
    if after is not None:
        first, second = (after.place.book, after.place.number) if after.place is not None else (after.index, after.sequence)
        query = query.where(or_(columns[0] > first, and_(columns[0] == first, columns[1] > second)))
    return session.scalars(query.order_by(*columns).limit(limit)).all()


def count_by_status(session: Session, poll_id: str | None = None) -> dict[str, int]:
    """How many receipted ballots stand where, of one poll or of all; says nothing of choices."""
    query = select(BallotRow.status, func.count().label("many")).group_by(BallotRow.status)
    if poll_id is not None:
        query = query.where(BallotRow.poll_id == poll_id)
    return {row.status: row.many for row in session.execute(query)}


def count_waiting(session: Session) -> tuple[int, datetime | None]:
    """How many ballots are on no chain yet, and when the oldest was received."""
    query = select(func.count(), func.min(BallotRow.received_at)).where(BallotRow.status.in_(WAITING))
    many, oldest = session.execute(query).one()
    return many, oldest
