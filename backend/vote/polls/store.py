"""Table and SQL of announced polls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.common.voting import PollKind
from backend.ground.db.base import Base, UtcTime


class PollRow(Base):
    """A poll that stands on chain; everything here was read from its contract and cannot change."""

    __tablename__ = "polls"
    __table_args__ = (UniqueConstraint("case_id", "number", name="uq_polls_number"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("acts.id"), unique=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    address: Mapped[str] = mapped_column(String(42), unique=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    plan_hash: Mapped[bytes] = mapped_column(LargeBinary)
    plan_title: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    register_root: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_count: Mapped[int]
    tree_depth: Mapped[int]
    classes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    announced_at: Mapped[datetime] = mapped_column(UtcTime)
    generation: Mapped[int] = mapped_column(default=0, server_default="0")
    """Whose officials decide: those who announced it."""
    kind: Mapped[str] = mapped_column(String(10), default=PollKind.OPEN, server_default=PollKind.OPEN.value)
    """Announced before there were sealed polls: open."""
    sealing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Of a sealed poll: motions with their titles, key, ceremony and seats (`views.Sealing`)."""


def add_poll(session: Session, row: PollRow) -> None:
    """Store an announced poll."""
    session.add(row)


def poll_by_id(session: Session, poll_id: str) -> PollRow | None:
    """The poll of that id."""
    return session.get(PollRow, poll_id)


def poll_ids(session: Session) -> list[str]:
    """The ids of every poll."""
    return list(session.scalars(select(PollRow.id)))


def poll_of_act(session: Session, act_id: str) -> PollRow | None:
    """The poll that this act announced."""
    return session.scalar(select(PollRow).where(PollRow.act_id == act_id))


def all_polls(session: Session, case_id: str | None = None) -> list[PollRow]:
    """Every poll, or those of one case, newest first."""
    found = select(PollRow).order_by(PollRow.announced_at.desc(), PollRow.number.desc())
    return list(session.scalars(found if case_id is None else found.where(PollRow.case_id == case_id)))
