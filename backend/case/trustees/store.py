"""Tables and SQL of key ceremonies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from backend.case.trustees.status import CeremonyStatus
from backend.ground.db.base import Base, UtcTime

_UNDERWAY = text("status IN ('joining', 'dealing', 'confirming')")


class CeremonyRow(Base):
    """One ceremony; everything in it is public."""

    __tablename__ = "ceremonies"
    __table_args__ = (
        UniqueConstraint("case_id", "number", name="uq_ceremonies_number"),
        # One at a time: trustees must not have to guess which of two a paper is for.
        Index("uq_ceremonies_underway", "case_id", unique=True, sqlite_where=_UNDERWAY, postgresql_where=_UNDERWAY),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    threshold: Mapped[int]
    random: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[str] = mapped_column(String(12))
    roll_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    seal_key: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """X, threshold, share keys and hashes, once every seat has dealt."""
    failure: Mapped[str] = mapped_column(Text, default="", server_default="")
    complaint: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """Complete, used or failed since."""
    seats: Mapped[list[SeatRow]] = relationship(order_by="SeatRow.seat", lazy="selectin")


class SeatRow(Base):
    """One seat of a ceremony, and the papers that it handed in."""

    __tablename__ = "ceremony_seats"

    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremonies.id"), primary_key=True)
    seat: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    signer: Mapped[bytes] = mapped_column(LargeBinary)
    """As the case's contract names the trustee."""
    entry: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    dealing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    confirmation: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


def add(session: Session, row: CeremonyRow) -> None:
    """Store a new ceremony with its seats. Raises: IntegrityError when another one of the case is under way."""
    session.add(row)
    session.flush()


def ceremony_by_id(session: Session, ceremony_id: str, *, hold: bool = False) -> CeremonyRow | None:
    """The ceremony of that id; held until the transaction ends when asked."""
    return session.get(CeremonyRow, ceremony_id, with_for_update=True if hold else None)


def ceremonies_of(session: Session, case_id: str, before: int, limit: int) -> list[CeremonyRow]:
    """A case's ceremonies with a number below that, newest first."""
    wanted = select(CeremonyRow).where(CeremonyRow.case_id == case_id, CeremonyRow.number < before)
    return list(session.scalars(wanted.order_by(CeremonyRow.number.desc()).limit(limit)))


def next_number(session: Session, case_id: str) -> int:
    """The number of a case's next ceremony, from 0."""
    return session.scalar(select(func.count()).where(CeremonyRow.case_id == case_id)) or 0


def is_over(row: CeremonyRow) -> bool:
    """Whether nothing of it can change any more."""
    return row.status in {CeremonyStatus.USED, CeremonyStatus.FAILED}
