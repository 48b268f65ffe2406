"""Table and SQL of the conditions that polls publish (protocol §9.2)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base


class ConditionsRow(Base):
    """conditions.json of a poll."""

    __tablename__ = "poll_conditions"

    poll_id: Mapped[str] = mapped_column(String(20), ForeignKey("polls.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def conditions_of(session: Session, poll_id: str) -> bytes | None:
    """The file, if the poll has one."""
    row = session.get(ConditionsRow, poll_id)
    return None if row is None else row.content


def put_conditions(session: Session, poll_id: str, content: bytes) -> None:
    """Store the file in the place of an earlier one."""
    session.merge(ConditionsRow(poll_id=poll_id, content=content))
