"""Tables and SQL of identity files: sealed, and kept only until the identity verifier has them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class IdentityFileRow(Base):
    """The file that waits for officials' signatures; one for each register of a case."""

    __tablename__ = "identity_files"
    __table_args__ = (UniqueConstraint("case_id", "register_number", name="uq_identity_files_register"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(20))
    register_number: Mapped[int]
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime] = mapped_column(UtcTime)


def put(session: Session, row: IdentityFileRow) -> None:
    """Keep a file in place of the one before for the same register."""
    session.execute(
        delete(IdentityFileRow).where(IdentityFileRow.case_id == row.case_id, IdentityFileRow.register_number == row.register_number)
    )
    session.add(row)


def find(session: Session, case_id: str, register_number: int) -> IdentityFileRow | None:
    """The file that is kept for a register."""
    query = select(IdentityFileRow).where(IdentityFileRow.case_id == case_id, IdentityFileRow.register_number == register_number)
    return session.scalar(query)


def forget(session: Session, row_id: str) -> None:
    """It was handed over."""
    session.execute(delete(IdentityFileRow).where(IdentityFileRow.id == row_id))
