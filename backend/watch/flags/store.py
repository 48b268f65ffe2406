"""Tables and SQL of flags: what was found by which rules, what officials said of it, what lenders answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from backend.ground.db.base import Base, UtcTime

ITEMS_A_QUERY = 500


class FlagAnchorRow(Base):
    """Rules that were written into the log of official acts."""

    __tablename__ = "flag_anchors"

    rules_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    rules: Mapped[str] = mapped_column(Text)
    audit_number: Mapped[int]
    anchored_at: Mapped[datetime] = mapped_column(UtcTime)


class FlagRunRow(Base):
    """One run over a register, or over a poll; `population` counts lenders by group."""

    __tablename__ = "flag_runs"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    poll_id: Mapped[str | None] = mapped_column(ForeignKey("polls.id"))
    rules_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    data_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    seed: Mapped[bytes] = mapped_column(LargeBinary(32))
    flagged: Mapped[int]
    controls: Mapped[int]
    population: Mapped[dict[str, int]] = mapped_column(JSON)
    audit_number: Mapped[int]
    run_at: Mapped[datetime] = mapped_column(UtcTime)


class FlagItemRow(Base):
    """A place in the queue. `flagged` and `bounds` are shown to nobody who has not decided."""

    __tablename__ = "flag_items"
    __table_args__ = (UniqueConstraint("run_id", "place"), Index("ix_flag_items_subject", "case_id", "rule", "subject"))

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("flag_runs.id"))
    case_id: Mapped[str] = mapped_column(String(20))
    poll_id: Mapped[str | None] = mapped_column(String(20))
    place: Mapped[int]
    rule: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(160))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    bounds: Mapped[dict[str, int]] = mapped_column(JSON)
    flagged: Mapped[bool]
    groups: Mapped[dict[str, int]] = mapped_column(JSON)
    decisions: Mapped[list[FlagDecisionRow]] = relationship(order_by="FlagDecisionRow.decided_at", lazy="selectin")
    objections: Mapped[list[FlagObjectionRow]] = relationship(order_by="FlagObjectionRow.filed_at", lazy="selectin")


class FlagLenderRow(Base):
    """A lender whom an item concerns: number in the import, and the identity's keyed hash by which the lender finds it."""

    __tablename__ = "flag_lenders"

    item_id: Mapped[str] = mapped_column(ForeignKey("flag_items.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    import_id: Mapped[str] = mapped_column(String(20))
    identity_lookup: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)


class FlagDecisionRow(Base):
    """What one named official found, and why; given before the flag was shown."""

    __tablename__ = "flag_decisions"
    __table_args__ = (UniqueConstraint("item_id", "account_id"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("flag_items.id"), index=True)
    account_id: Mapped[str] = mapped_column(String(20))
    official: Mapped[str] = mapped_column(String(100))
    finding: Mapped[str] = mapped_column(String(16))
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_at: Mapped[datetime] = mapped_column(UtcTime)


class FlagObjectionRow(Base):
    """What a lender says against an item, and what an official answered."""

    __tablename__ = "flag_objections"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("flag_items.id"), index=True)
    poll_id: Mapped[str] = mapped_column(String(20))
    lender_index: Mapped[int]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    filed_at: Mapped[datetime] = mapped_column(UtcTime)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_by: Mapped[str | None] = mapped_column(String(100))
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)


def add(session: Session, *rows: Base) -> None:
    """Store new rows, in their order."""
    for row in rows:
        session.add(row)
        session.flush()


def anchor_of(session: Session, rules_hash: bytes) -> FlagAnchorRow | None:
    """When these rules were written down."""
    return session.get(FlagAnchorRow, rules_hash)


def runs_of(session: Session, case_id: str) -> Sequence[FlagRunRow]:
    """A case's runs, newest first."""
    query = select(FlagRunRow).where(FlagRunRow.case_id == case_id)
    return session.scalars(query.order_by(FlagRunRow.run_at.desc(), FlagRunRow.id)).all()


def queued_subjects(session: Session, case_id: str, poll_id: str | None) -> set[tuple[str, str]]:
    """Rule and subject of everything that was queued before."""
    query = select(FlagItemRow.rule, FlagItemRow.subject).where(FlagItemRow.case_id == case_id)
    query = query.where(FlagItemRow.poll_id == poll_id if poll_id else FlagItemRow.poll_id.is_(None))
    return {(rule, subject) for rule, subject in session.execute(query)}


def items_of(session: Session, case_id: str) -> Sequence[FlagItemRow]:
    """A case's items, newest run first, in the queue's order."""
    query = select(FlagItemRow).join(FlagRunRow, FlagRunRow.id == FlagItemRow.run_id).where(FlagItemRow.case_id == case_id)
    return session.scalars(query.order_by(FlagRunRow.run_at.desc(), FlagRunRow.id, FlagItemRow.place)).all()


def item_by_id(session: Session, item_id: str, *, hold: bool = False) -> FlagItemRow | None:
    """An item; held until the transaction ends when asked."""
    query = select(FlagItemRow).where(FlagItemRow.id == item_id)
    return session.scalar(query.with_for_update(of=FlagItemRow) if hold else query)


def lenders_of(session: Session, item_id: str, most: int) -> Sequence[FlagLenderRow]:
    """The lenders of an item, the first few."""
    query = select(FlagLenderRow).where(FlagLenderRow.item_id == item_id)
    return session.scalars(query.order_by(FlagLenderRow.number).limit(most)).all()


def items_of_lender(session: Session, case_id: str, identity_lookup: bytes) -> Sequence[FlagItemRow]:
    """The items of a case that concern one person."""
    query = select(FlagItemRow).join(FlagLenderRow, FlagLenderRow.item_id == FlagItemRow.id)
    query = query.where(FlagItemRow.case_id == case_id, FlagLenderRow.identity_lookup == identity_lookup)
    return session.scalars(query.order_by(FlagItemRow.id)).all()


def pull_back(session: Session, now: datetime) -> None:
    """What a clock that ran ahead wrote counts from now on, so that nothing is kept longer than it should be."""
    session.execute(update(FlagRunRow).where(FlagRunRow.run_at > now).values(run_at=now))


def drop_before(session: Session, moment: datetime) -> int:
    """Delete the items of runs of before, with lenders, decisions and objections; the runs themselves stay. How many items."""
    over = session.scalars(
        select(FlagItemRow.id).join(FlagRunRow, FlagRunRow.id == FlagItemRow.run_id).where(FlagRunRow.run_at < moment)
    ).all()
    for start in range(0, len(over), ITEMS_A_QUERY):
        some = over[start : start + ITEMS_A_QUERY]
        for row in (FlagLenderRow, FlagDecisionRow, FlagObjectionRow):
            session.execute(delete(row).where(row.item_id.in_(some)))
        session.execute(delete(FlagItemRow).where(FlagItemRow.id.in_(some)))
    return len(over)


def objection_by_id(session: Session, objection_id: str, *, hold: bool = False) -> FlagObjectionRow | None:
    """An objection; held until the transaction ends when asked."""
    return session.get(FlagObjectionRow, objection_id, with_for_update=True if hold else None)
