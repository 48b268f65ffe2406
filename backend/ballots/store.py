"""Tables and SQL of the ballots room: what was receipted, and on which way to the chain it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
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
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ballots.rules import SignedBallot
from backend.db.base import Base, UtcTime

SUBMITTED, SENT, RECORDED, CONFIRMED = "submitted", "sent", "recorded", "confirmed"
REJECTED, MISSED, SUPERSEDED = "rejected", "missed", "superseded"
ON_CHAIN = (RECORDED, CONFIRMED)
WAITING = (SUBMITTED, SENT)

FORMED, BATCH_SENT, BATCH_DONE, BATCH_SPLIT = "formed", "sent", "done", "split"


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
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    poll_id: Mapped[str] = mapped_column(String(20))
    lender_index: Mapped[int] = mapped_column()
    choice: Mapped[int] = mapped_column(SmallInteger)
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
        )


def find_digest(session: Session, poll_id: str, digest: bytes) -> BallotRow | None:
    """The ballot with this digest, if it was receipted before."""
    return session.scalar(select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.digest == digest))


def find_number(session: Session, number: str) -> BallotRow | None:
    """The ballot under a receipt number."""
    return session.scalar(select(BallotRow).where(BallotRow.number == number))


# Made once: at intake, building a query anew would cost more than running it.
_TABLE = BallotRow.__table__
_IN_THE_WAY = select(_TABLE).where(
    or_(
        and_(BallotRow.poll_id == bindparam("poll_id"), BallotRow.lender_index.in_(bindparam("indexes", expanding=True))),
        BallotRow.number.in_(bindparam("numbers", expanding=True)),
    )
)
_ADD = insert(BallotRow.__table__)  # type: ignore[arg-type]


def in_the_way(session: Session, poll_id: str, indexes: Collection[int], numbers: Collection[str]) -> Sequence[Row[Any]]:
    """All that a poll's new ballots of these lenders can collide with: the lenders' own ballots, and whatever has one of the numbers."""
    wanted = {"poll_id": poll_id, "indexes": list(indexes), "numbers": list(numbers)}
    return session.connection().execute(_IN_THE_WAY, wanted).all()


def find_numbers(session: Session, numbers: Collection[str]) -> Sequence[str]:
    """Those of these receipt numbers that are taken."""
    return session.scalars(select(BallotRow.number).where(BallotRow.number.in_(numbers))).all()


def add_ballots(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Add receipted ballots; a row has every column that is not filled in later."""
    if rows:
        session.connection().execute(_ADD, [dict(row) for row in rows])


def ballots_of(session: Session, poll_id: str, index: int) -> Sequence[BallotRow]:
    """A lender's receipted ballots, newest first."""
    query = select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.lender_index == index)
    return session.scalars(query.order_by(BallotRow.sequence.desc())).all()


def page_of_poll(session: Session, poll_id: str, after: tuple[int, int], limit: int) -> Sequence[BallotRow]:
    """Receipted ballots of a poll by index and sequence, from behind the place given."""
    index, sequence = after
    behind = or_(BallotRow.lender_index > index, and_(BallotRow.lender_index == index, BallotRow.sequence > sequence))
    query = select(BallotRow).where(BallotRow.poll_id == poll_id, behind)
    return session.scalars(query.order_by(BallotRow.lender_index, BallotRow.sequence).limit(limit)).all()


def polls_with(session: Session, statuses: Collection[str]) -> Sequence[str]:
    """Polls that have ballots in one of the states."""
    return session.scalars(select(BallotRow.poll_id).where(BallotRow.status.in_(statuses)).distinct()).all()


def queued(session: Session, poll_id: str, limit: int) -> Sequence[BallotRow]:
    """Ballots that no batch has taken yet, lowest sequence first so that nobody's second comes before the first."""
    query = select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.status == SUBMITTED, BallotRow.batch_id.is_(None))
    return session.scalars(query.order_by(BallotRow.sequence, BallotRow.lender_index).limit(limit)).all()


def oldest_queued(session: Session, poll_id: str) -> tuple[datetime | None, int]:
    """When the longest-waiting ballot was received, and how many wait."""
    query = select(func.min(BallotRow.received_at), func.count()).where(
        BallotRow.poll_id == poll_id, BallotRow.status == SUBMITTED, BallotRow.batch_id.is_(None)
    )
    oldest, count = session.execute(query).one()
    return oldest, count


def indexes_on_the_way(session: Session, poll_id: str) -> set[int]:
    """Lenders with a ballot in a batch that has no outcome yet; their next ballot waits for it."""
    query = select(BallotRow.lender_index).where(
        BallotRow.poll_id == poll_id, BallotRow.status.in_(WAITING), BallotRow.batch_id.is_not(None)
    )
    return set(session.scalars(query))


def batches(session: Session, statuses: Collection[str]) -> Sequence[BatchRow]:
    """Batches in one of the states, oldest first."""
    return session.scalars(select(BatchRow).where(BatchRow.status.in_(statuses)).order_by(BatchRow.formed_at, BatchRow.id)).all()


def ballots_in(session: Session, batch_id: str) -> list[BallotRow]:
    """A batch's ballots ascending by index."""
    return list(session.scalars(select(BallotRow).where(BallotRow.batch_id == batch_id).order_by(BallotRow.lender_index)))


def assign(session: Session, batch: BatchRow, ballot_ids: Sequence[int]) -> None:
    """Put ballots into a batch."""
    session.add(batch)
    session.flush()
    session.execute(update(BallotRow).where(BallotRow.id.in_(ballot_ids)).values(batch_id=batch.id, status=SUBMITTED))


def keep_list(session: Session, batch_id: str, expires_at: int, signature: bytes) -> BatchRow:
    """Keep the verifier's list for a batch."""
    batch = session.get_one(BatchRow, batch_id)
    batch.list_expires_at, batch.list_signature = expires_at, signature
    return batch


def count_attempt(session: Session, batch_id: str) -> int:
    """One more round in which the node did not answer for the batch; how many now."""
    batch = session.get_one(BatchRow, batch_id)
    batch.attempts += 1
    return batch.attempts


def mark_sent(session: Session, batch_id: str, tx_id: str) -> None:
    """The chain room has the batch's call in its outbox."""
    batch = session.get_one(BatchRow, batch_id)
    batch.status, batch.tx_id = BATCH_SENT, tx_id
    session.execute(update(BallotRow).where(BallotRow.batch_id == batch_id).values(status=SENT))


def mark_split(session: Session, batch_id: str, refusal: str) -> None:
    """The batch hands its ballots over to others."""
    batch = session.get_one(BatchRow, batch_id)
    batch.status, batch.refusal = BATCH_SPLIT, refusal[:200]


def requeue(session: Session, batch_id: str, refusal: str) -> None:
    """The batch's ballots wait for a new batch."""
    mark_split(session, batch_id, refusal)
    session.execute(update(BallotRow).where(BallotRow.batch_id == batch_id).values(status=SUBMITTED, batch_id=None))


class Noted(Protocol):
    """What became of a ballot."""

    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> int: ...
    @property
    def tx_hash(self) -> str | None: ...
    @property
    def block(self) -> int | None: ...


def note_outcomes(session: Session, batch_id: str, found: Mapping[int, Noted], refusal: str | None) -> None:
    """Write each ballot's outcome and close the batch. A ballot confirmed meanwhile stays so."""
    batch = session.get_one(BatchRow, batch_id)
    batch.status, batch.refusal = BATCH_DONE, refusal
    for row in ballots_in(session, batch_id):
        outcome = found.get(row.id)
        if outcome is not None and row.status != CONFIRMED:
            row.status, row.reason = outcome.status, outcome.reason
            row.tx_hash, row.block = outcome.tx_hash, outcome.block


def confirm(session: Session, poll_id: str, marks: Mapping[tuple[int, int], int], tx_hash: str, block: int) -> None:
    """Ballots that stand in a final block: (index, sequence) -> choice."""
    indexes = sorted({index for index, _ in marks})
    for at in range(0, len(indexes), 500):
        query = select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.lender_index.in_(indexes[at : at + 500]))
        for row in session.scalars(query.where(BallotRow.status != CONFIRMED)):
            if marks.get((row.lender_index, row.sequence)) == row.choice:
                row.status, row.reason, row.tx_hash, row.block = CONFIRMED, 0, tx_hash, block


def doubt_batches(session: Session, poll_id: str, up_to_block: int) -> int:
    """Batches whose ballots were recorded by a block but are not confirmed count as sent again; how many."""
    recorded = select(BallotRow.batch_id).where(
        BallotRow.poll_id == poll_id, BallotRow.status == RECORDED, BallotRow.block <= up_to_block, BallotRow.batch_id.is_not(None)
    )
    ids = list(session.scalars(recorded.distinct()))
    for batch_id in ids:
        session.get_one(BatchRow, batch_id).status = BATCH_SENT
    return len(ids)


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
