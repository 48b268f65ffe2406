"""Table and SQL of tidings: how far the ballots of each poll were told of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class CursorRow(Base):
    """Blocks below `next_block` are told of; up to `to_block`, when it is set, notices are being made."""

    __tablename__ = "tidings_cursors"

    poll_id: Mapped[str] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    next_block: Mapped[int] = mapped_column(BigInteger)
    to_block: Mapped[int | None] = mapped_column(BigInteger)
    gathered_at: Mapped[datetime] = mapped_column(UtcTime)


def cursor(session: Session, poll_id: str) -> CursorRow | None:
    """How far a poll's ballots were told of."""
    return session.get(CursorRow, poll_id)


def begin(session: Session, poll_id: str, to_block: int, now: datetime) -> CursorRow:
    """From here on notices are made of the ballots up to a block; one begun before is gone on with."""
    row = session.get(CursorRow, poll_id)
    if row is None:
        row = CursorRow(poll_id=poll_id, next_block=0, to_block=None, gathered_at=now)
        session.add(row)
    if row.to_block is None:
        row.to_block = to_block
    return row


def done(session: Session, poll_id: str, now: datetime) -> None:
    """They are all in the ledger."""
    row = session.get_one(CursorRow, poll_id)
    assert row.to_block is not None, "it was begun"
    row.next_block, row.to_block, row.gathered_at = row.to_block + 1, None, now
