"""Table and SQL of complaints; what people wrote is sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class ComplaintStatus(StrEnum):
    """Whether a complaint was answered."""

    WAITING = "waiting"
    CLOSED = "closed"


class ComplaintRow(Base):
    """One complaint of one lender about a poll."""

    __tablename__ = "complaints"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    poll_id: Mapped[str] = mapped_column(ForeignKey("polls.id"), index=True)
    lender_index: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    receipt_number: Mapped[str] = mapped_column(String(64))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(10))
    filed_at: Mapped[datetime] = mapped_column(UtcTime)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_by: Mapped[str | None] = mapped_column(String(100))
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)


def add(session: Session, row: ComplaintRow) -> None:
    """Store a new complaint."""
    session.add(row)


def complaint_by_id(session: Session, complaint_id: str, *, hold: bool = False) -> ComplaintRow | None:
    """The complaint of that id; held until the transaction ends when asked."""
    return session.get(ComplaintRow, complaint_id, with_for_update=True if hold else None)


def complaints_of(session: Session, poll_id: str, lender_index: int | None = None) -> list[ComplaintRow]:
    """A poll's complaints, or one lender's, oldest first."""
    query = select(ComplaintRow).where(ComplaintRow.poll_id == poll_id)
    if lender_index is not None:
        query = query.where(ComplaintRow.lender_index == lender_index)
    return list(session.scalars(query.order_by(ComplaintRow.filed_at, ComplaintRow.id)))


def waiting_of(session: Session, poll_id: str, lender_index: int) -> int:
    """How many of a lender's complaints wait."""
    query = select(func.count()).where(
        ComplaintRow.poll_id == poll_id, ComplaintRow.lender_index == lender_index, ComplaintRow.status == ComplaintStatus.WAITING
    )
    return session.scalar(query) or 0


def contest_of(session: Session, poll_id: str, lender_index: int, kind: str = "not_mine") -> ComplaintRow | None:
    """A lender's contest of what is recorded for them, answered or not."""
    query = select(ComplaintRow).where(ComplaintRow.poll_id == poll_id, ComplaintRow.lender_index == lender_index)
    return session.scalar(query.where(ComplaintRow.kind == kind).order_by(ComplaintRow.filed_at).limit(1))


def contested(session: Session, poll_id: str, kind: str) -> list[int]:
    """The indexes with a complaint of that kind, rising."""
    query = select(ComplaintRow.lender_index).where(ComplaintRow.poll_id == poll_id, ComplaintRow.kind == kind).distinct()
    return list(session.scalars(query.order_by(ComplaintRow.lender_index)))
