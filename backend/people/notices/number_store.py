"""SQL of changed numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.people.notices.tables import NumberChangeRow


class ChangeState(StrEnum):
    """Where a change stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    """Two officials saw the document: the old number gets nothing but one notice, the new one waits."""
    EFFECTIVE = "effective"
    WITHDRAWN = "withdrawn"


OPEN = (ChangeState.PROPOSED, ChangeState.CONFIRMED)


def change(session: Session, change_id: str, *, hold: bool = False) -> NumberChangeRow | None:
    """A change by id; held until the transaction ends when asked."""
    return session.get(NumberChangeRow, change_id, with_for_update=True if hold else None)


def changes_of(session: Session, case_id: str) -> Sequence[NumberChangeRow]:
    """A case's changes, newest first."""
    query = select(NumberChangeRow).where(NumberChangeRow.case_id == case_id)
    return session.scalars(query.order_by(NumberChangeRow.proposed_at.desc(), NumberChangeRow.id)).all()


def open_change(session: Session, case_id: str, person: bytes) -> NumberChangeRow | None:
    """The change that a person waits for."""
    query = select(NumberChangeRow).where(NumberChangeRow.case_id == case_id, NumberChangeRow.person == person)
    return session.scalar(query.where(NumberChangeRow.state.in_(OPEN)).limit(1))


def due_changes(session: Session, now: datetime) -> Sequence[NumberChangeRow]:
    """Confirmed changes whose wait is over."""
    query = select(NumberChangeRow).where(NumberChangeRow.state == ChangeState.CONFIRMED, NumberChangeRow.effective_at <= now)
    return session.scalars(query.with_for_update()).all()


def held_until(session: Session, people: Iterable[tuple[str, bytes]]) -> dict[tuple[str, bytes], datetime]:
    """When the new numbers of people count, who wait for that."""
    wanted = set(people)
    query = select(NumberChangeRow).where(NumberChangeRow.state == ChangeState.CONFIRMED)
    rows = session.scalars(query).all()  # few at a time
    return {(row.case_id, row.person): row.effective_at for row in rows if row.effective_at and (row.case_id, row.person) in wanted}


def changed_people(session: Session, case_id: str) -> Sequence[NumberChangeRow]:
    """Those of a case whose register's numbers count no more, oldest change first."""
    query = select(NumberChangeRow).where(
        NumberChangeRow.case_id == case_id, NumberChangeRow.state.in_((ChangeState.CONFIRMED, ChangeState.EFFECTIVE))
    )
    return session.scalars(query.order_by(NumberChangeRow.effective_at, NumberChangeRow.id)).all()
