"""Table and SQL of escrows' statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class EscrowRow(Base):
    """The newest statement over a register; everything in it is public."""

    __tablename__ = "openings_escrows"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    register_number: Mapped[int] = mapped_column(primary_key=True)
    paper: Mapped[dict[str, Any]] = mapped_column(JSON)
    taken_at: Mapped[datetime] = mapped_column(UtcTime)


def find(session: Session, case_id: str, register_number: int, *, hold: bool = False) -> EscrowRow | None:
    """The statement over a register; held until the transaction ends when asked."""
    return session.get(EscrowRow, (case_id, register_number), with_for_update=True if hold else None)


def put(session: Session, row: EscrowRow) -> None:
    """Store a statement in place of the former one."""
    session.merge(row)
