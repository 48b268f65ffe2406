"""Table and SQL of changes of accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime

_OPEN = text("status = 'open'")


class AccountChangeRow(Base):
    """What one person proposed about an account, and who carried it out or withdrew it."""

    __tablename__ = "account_changes"
    __table_args__ = (Index("uq_account_changes_open", "account_id", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


def add(session: Session, row: AccountChangeRow) -> None:
    """Store a new change. Raises: IntegrityError at once when the same one is open."""
    session.add(row)
    session.flush()


def change_by_id(session: Session, change_id: str, *, hold: bool = False) -> AccountChangeRow | None:
    """The change of that id; held until the transaction ends when asked."""
    return session.get(AccountChangeRow, change_id, with_for_update=True if hold else None)


def all_changes(session: Session) -> list[AccountChangeRow]:
    """Every change, newest first."""
    return list(session.scalars(select(AccountChangeRow).order_by(AccountChangeRow.proposed_at.desc(), AccountChangeRow.id)))
