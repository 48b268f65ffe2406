"""Table and SQL of passkeys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class PasskeyRow(Base):
    """The passkey with which an account signs; one an account."""

    __tablename__ = "passkeys"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    signer: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    registered_at: Mapped[datetime] = mapped_column(UtcTime)


def passkey_of(session: Session, account_id: str) -> PasskeyRow | None:
    """The account's passkey."""
    return session.get(PasskeyRow, account_id)


def keep(session: Session, row: PasskeyRow) -> None:
    """Store a passkey in place of the account's former one."""
    session.merge(row)
    session.flush()


def forget(session: Session, account_id: str) -> None:
    """Delete the account's passkey; nothing happens when there is none."""
    session.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account_id))
