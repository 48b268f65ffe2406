"""Table and SQL of the range proofs of registers, chunk by chunk (protocol §4.2). They are public once the register is frozen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base
from backend.ground.db.sessions import Sessions


class RangeProofRow(Base):
    """The proof of one chunk of a register; `chunk` counts from 0."""

    __tablename__ = "register_range_proofs"

    register_id: Mapped[str] = mapped_column(String(20), ForeignKey("register_registers.id"), primary_key=True)
    chunk: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    proof: Mapped[bytes] = mapped_column(LargeBinary)


def keep_proof(sessions: Sessions, register_id: str, chunk: int, proof: bytes) -> None:
    """Store a proof; where another process was first, its proof stays."""
    try:
        with sessions.begin() as session:
            if session.get(RangeProofRow, (register_id, chunk)) is None:
                session.add(RangeProofRow(register_id=register_id, chunk=chunk, proof=proof))
    except IntegrityError:
        return


def chunks_kept(session: Session, register_id: str) -> set[int]:
    """The numbers of the chunks that are proved."""
    return set(session.scalars(select(RangeProofRow.chunk).where(RangeProofRow.register_id == register_id)))


def proofs_between(session: Session, register_id: str, first: int, end: int) -> Sequence[bytes]:
    """The proofs of chunks first .. end-1, in order."""
    query = select(RangeProofRow.proof).where(
        RangeProofRow.register_id == register_id, RangeProofRow.chunk >= first, RangeProofRow.chunk < end
    )
    return session.scalars(query.order_by(RangeProofRow.chunk)).all()


def delete_proofs(session: Session, register_id: str) -> None:
    """Forget the proofs of a register, which are then made anew."""
    session.execute(delete(RangeProofRow).where(RangeProofRow.register_id == register_id))
