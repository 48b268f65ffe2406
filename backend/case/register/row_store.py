"""SQL for whoever reads imports row by row."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.case.register.store import ClaimRow, ImportRow
from backend.case.register.views import ImportStatus


def accepted_imports(session: Session, case_id: str, most: int) -> Sequence[ImportRow]:
    """The newest accepted imports, newest first."""
    query = select(ImportRow).where(ImportRow.case_id == case_id, ImportRow.status == ImportStatus.ACCEPTED)
    return session.scalars(query.order_by(ImportRow.number.desc()).limit(most)).all()


def claims_after(session: Session, import_id: str, row: int, limit: int) -> Sequence[ClaimRow]:
    """Claims of an import behind a row of the file, rising."""
    query = select(ClaimRow).where(ClaimRow.import_id == import_id, ClaimRow.row > row)
    return session.scalars(query.order_by(ClaimRow.row).limit(limit)).all()
