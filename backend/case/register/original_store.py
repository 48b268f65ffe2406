"""Table and SQL of the claims files that are kept from import to freeze."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base


class OriginalRow(Base):
    """A part of a claims file as it was handed in, sealed."""

    __tablename__ = "register_originals"

    import_id: Mapped[str] = mapped_column(String(20), ForeignKey("register_imports.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


def add_original(session: Session, import_id: str, place: int, sealed: bytes) -> None:
    """Store one part of a file."""
    session.add(OriginalRow(import_id=import_id, place=place, sealed=sealed))


def count_original(session: Session, import_id: str) -> int:
    """How many parts of a file there are."""
    return session.scalar(select(func.count()).where(OriginalRow.import_id == import_id)) or 0


def original_part(session: Session, import_id: str, place: int) -> bytes | None:
    """One part of a file."""
    row = session.get(OriginalRow, (import_id, place))
    return None if row is None else row.sealed


def delete_originals(session: Session, import_ids: Select[Any]) -> None:
    """Forget the files of these imports."""
    session.execute(delete(OriginalRow).where(OriginalRow.import_id.in_(import_ids)))
