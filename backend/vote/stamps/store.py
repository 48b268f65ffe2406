"""Table and SQL of stamps: what is to be stamped by whom, and the answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class StampRow(Base):
    """One thing that one authority is to stamp; without an answer it is still to be asked for, unless it was given up."""

    __tablename__ = "stamps"
    __table_args__ = (UniqueConstraint("authority", "case_id", "poll_id", "subject", "block", name="uq_stamps_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    poll_id: Mapped[str] = mapped_column(String(20), default="")
    """Empty: about the case."""
    subject: Mapped[str] = mapped_column(String(10))
    block: Mapped[int]
    block_hash: Mapped[bytes] = mapped_column(LargeBinary)
    block_time: Mapped[int]
    value: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    signer: Mapped[str] = mapped_column(String(42))
    noted_at: Mapped[datetime] = mapped_column(UtcTime)
    response: Mapped[bytes | None] = mapped_column(LargeBinary)
    stamped_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """By the authority's clock."""
    given_up_at: Mapped[datetime | None] = mapped_column(UtcTime)


def add(session: Session, row: StampRow) -> None:
    """Note what is to be stamped."""
    session.add(row)


def has(session: Session, authority: str, case_id: str, poll_id: str, subject: str, block: int) -> bool:
    """Whether that was noted before."""
    wanted = select(StampRow.id).where(StampRow.authority == authority, StampRow.case_id == case_id, StampRow.poll_id == poll_id)
    return session.scalar(wanted.where(StampRow.subject == subject, StampRow.block == block)) is not None


def newest(session: Session, poll_id: str, subject: str) -> tuple[int, int] | None:
    """Block and its time of what was noted last; None for nothing."""
    wanted = select(func.max(StampRow.block), func.max(StampRow.block_time))
    block, time = session.execute(wanted.where(StampRow.poll_id == poll_id, StampRow.subject == subject)).one()
    return None if block is None else (block, time)


def waiting(session: Session, authorities: Collection[str], limit: int) -> list[StampRow]:
    """What those authorities are still to be asked for, oldest first."""
    wanted = select(StampRow).where(StampRow.response.is_(None), StampRow.given_up_at.is_(None), StampRow.authority.in_(authorities))
    return list(session.scalars(wanted.order_by(StampRow.id).limit(limit)))


def by_id(session: Session, row_id: int) -> StampRow | None:
    """That row."""
    return session.get(StampRow, row_id)


def stamped(session: Session, case_id: str, poll_ids: Collection[str], signer: str) -> list[StampRow]:
    """The answers about a case or polls of it that were signed by that key, oldest first."""
    wanted = select(StampRow).where(StampRow.case_id == case_id, StampRow.poll_id.in_(poll_ids), StampRow.signer == signer)
    return list(session.scalars(wanted.where(StampRow.response.is_not(None)).order_by(StampRow.id)))
