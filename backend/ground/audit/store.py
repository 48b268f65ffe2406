"""The log's table, which the database itself keeps from being changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import DDL, BigInteger, Integer, String, Text, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base

REFUSE_SQLITE = [
    f"CREATE TRIGGER audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log "
    "BEGIN SELECT RAISE(ABORT, 'the log of official acts is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
REFUSE_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the log of official acts is append-only'; END $$",
    "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION audit_log_refuse()",
]


class AuditRow(Base):
    """One act: `entry` is canonical JSON, `hash` is keccak(hash of the row before, entry)."""

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(66))


class AnchorRow(Base):
    """A head of the log that was put on the chain."""

    __tablename__ = "audit_anchors"

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(66))
    tx_id: Mapped[str] = mapped_column(String(20))


for _statement in REFUSE_SQLITE:
    event.listen(AuditRow.__table__, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
for _statement in REFUSE_POSTGRESQL:
    event.listen(AuditRow.__table__, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]


def head(session: Session) -> AuditRow | None:
    """The newest row."""
    return session.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))


def add(session: Session, row: AuditRow | AnchorRow) -> None:
    """Add a row. Raises: IntegrityError at once when its place is taken."""
    session.add(row)
    session.flush()


def rows(session: Session) -> Iterator[AuditRow]:
    """Every row, oldest first."""
    return iter(session.scalars(select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=500)))


def anchors(session: Session) -> Sequence[AnchorRow]:
    """Every anchor, oldest first."""
    return session.scalars(select(AnchorRow).order_by(AnchorRow.number)).all()
