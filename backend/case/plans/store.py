"""Tables and SQL of plans."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class PlanRow(Base):
    """One version of a case's plan; `canonical` is exactly what `plan_hash` covers."""

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("case_id", "version", name="uq_plans_version"),
        UniqueConstraint("case_id", "plan_number", name="uq_plans_number"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    plan_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(12))
    plan_number: Mapped[int | None]
    """The number on chain; set when the institution's signature was taken."""
    submission_signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    reasons: Mapped[str | None] = mapped_column(Text)
    returned_by: Mapped[str | None] = mapped_column(String(100))
    drafted_at: Mapped[datetime] = mapped_column(UtcTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcTime)
    admitted_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PlanFileRow(Base):
    """The PDF of a plan, byte for byte; apart, so that reading a plan does not read it."""

    __tablename__ = "plan_files"

    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)


def add(session: Session, plan: PlanRow, pdf: bytes) -> None:
    """Store a new plan with its file. Raises: IntegrityError when the version is taken."""
    session.add(plan)
    session.flush()
    session.add(PlanFileRow(plan_id=plan.id, pdf=pdf))


def next_version(session: Session, case_id: str) -> int:
    """1 for the first plan of a case."""
    newest = session.scalar(select(func.max(PlanRow.version)).where(PlanRow.case_id == case_id))
    return (newest or 0) + 1


def plan_by_id(session: Session, plan_id: str, *, hold: bool = False) -> PlanRow | None:
    """The plan of that id; held until the transaction ends when asked."""
    return session.get(PlanRow, plan_id, with_for_update=True if hold else None)


def plans_of_case(session: Session, case_id: str) -> list[PlanRow]:
    """Every version, newest first."""
    return list(session.scalars(select(PlanRow).where(PlanRow.case_id == case_id).order_by(PlanRow.version.desc())))


def pdf_of(session: Session, plan_id: str) -> bytes | None:
    """The PDF's bytes."""
    row = session.get(PlanFileRow, plan_id)
    return row.pdf if row else None


def plans_in(session: Session, status: str) -> list[PlanRow]:
    """Plans of every case in a status, oldest first."""
    return list(session.scalars(select(PlanRow).where(PlanRow.status == status).order_by(PlanRow.drafted_at)))
