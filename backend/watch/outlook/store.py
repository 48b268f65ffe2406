"""Tables and SQL of loan books and forecasts. A book keeps no loan number and no lender."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class LoanBookRow(Base):
    """One imported loan book; `loans` is what `packing.pack` made."""

    __tablename__ = "loan_books"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    file_keccak: Mapped[bytes] = mapped_column(LargeBinary)
    as_of: Mapped[int]
    """Month, from the year 0."""
    collapsed: Mapped[int | None]
    loan_count: Mapped[int]
    unpaid_by_issue: Mapped[str] = mapped_column(Text)
    """JSON: fen by month of issue."""
    loans: Mapped[bytes] = mapped_column(LargeBinary)
    imported_at: Mapped[datetime] = mapped_column(UtcTime)


class ForecastRow(Base):
    """One forecast; `canonical` is exactly what its hash covers."""

    __tablename__ = "outlook_forecasts"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    book_id: Mapped[str] = mapped_column(ForeignKey("loan_books.id"))
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    audit_number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcTime)


def add(session: Session, row: LoanBookRow | ForecastRow) -> None:
    """Store a new book or forecast."""
    session.add(row)


def newest_book(session: Session, case_id: str) -> LoanBookRow | None:
    """The case's newest book."""
    return session.scalar(select(LoanBookRow).where(LoanBookRow.case_id == case_id).order_by(LoanBookRow.imported_at.desc()).limit(1))


def forecasts(session: Session, case_id: str) -> list[ForecastRow]:
    """Every forecast of the case, newest first."""
    return list(session.scalars(select(ForecastRow).where(ForecastRow.case_id == case_id).order_by(ForecastRow.made_at.desc())))
