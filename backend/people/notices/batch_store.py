"""SQL of sendings whose outcome nobody knows yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.people.notices.rules.ledger import Try
from backend.people.notices.tables import AttemptRow, BatchRow


def left_batches(session: Session, now: datetime, limit: int) -> Sequence[BatchRow]:
    """Batches whose outcome nobody knows and whose time to be looked up has come.

    Those of a run that was killed wait as well: a provider may list a message seconds after it took it, and "absent" sends it again. What
    was begun later than now was begun before the clock was put back.
    """
    due = (BatchRow.look_at <= now) | (BatchRow.began_at > now)
    query = select(BatchRow).where(due).order_by(BatchRow.look_at, BatchRow.id).limit(limit)
    return session.scalars(query).all()


def batch_attempts(session: Session, batch_id: str, *, state: Try | None = None) -> Sequence[AttemptRow]:
    """The attempts of a batch."""
    query = select(AttemptRow).where(AttemptRow.batch_id == batch_id)
    if state is not None:
        query = query.where(AttemptRow.state == state)
    return session.scalars(query.order_by(AttemptRow.id)).all()


def drop_batch(session: Session, batch_id: str) -> None:
    """Its outcome is known."""
    row = session.get(BatchRow, batch_id)
    if row is not None:
        session.delete(row)


def put_off_batch(session: Session, batch_id: str, look_at: datetime) -> None:
    """Look it up again later."""
    session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(look_at=look_at))
