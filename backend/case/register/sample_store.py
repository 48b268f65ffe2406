"""Table and SQL of the samples of registers (protocol §4.3). They are public."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base


class SampleRow(Base):
    """The newest sample of a register; `draws` is 0 where every leaf was looked at."""

    __tablename__ = "register_samples"

    register_id: Mapped[str] = mapped_column(String(20), ForeignKey("register_registers.id"), primary_key=True)
    draws: Mapped[int] = mapped_column(Integer)
    paper: Mapped[bytes] = mapped_column(LargeBinary)
    proofs: Mapped[bytes] = mapped_column(LargeBinary)


def sample_of(session: Session, register_id: str) -> SampleRow | None:
    """The register's sample, if it has one."""
    return session.get(SampleRow, register_id)


def put_sample(session: Session, register_id: str, draws: int, paper: bytes, proofs: bytes) -> None:
    """Store it in the place of an earlier one."""
    session.merge(SampleRow(register_id=register_id, draws=draws, paper=paper, proofs=proofs))
