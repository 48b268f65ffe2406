"""Moves of notices from state to state, as the store takes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from backend.people.notices import batch_store, store
from backend.people.notices.rules.kinds import Template
from backend.people.notices.rules.ledger import State, Try

REPORT_AFTER = {False: timedelta(hours=72), True: timedelta(hours=6)}
"""How long a report is awaited before the next way is tried: of what is urgent, not so long."""
THROTTLED_SECONDS = 60


def moved(notice_id: str, step: int, state: State, due_at: datetime, *, channel: str = "", reason: str = "") -> dict[str, Any]:
    return {"b_id": notice_id, "step": step, "state": state, "due_at": due_at, "channel": channel, "reason": reason, "ended_at": None}


def ended(notice_id: str, step: int, state: State, reason: str, now: datetime, channel: str = "") -> dict[str, Any]:
    return {"b_id": notice_id, "step": step, "state": state, "due_at": now, "channel": channel, "reason": reason, "ended_at": now}


def report_by(template: Template, now: datetime) -> datetime:
    return now + REPORT_AFTER[template.urgent]


def singly(code: str) -> Try:
    """What became of one number of an accepted group: a limit of this number's passes, all else is refused."""
    if not code:
        return Try.SENT
    return Try.GONE if code.startswith("LimitExceeded") else Try.FAILED


def back(session: Any, batch_id: str, code: str, now: datetime) -> None:
    """Nothing was taken: the same way again, a little later."""
    attempts = batch_store.batch_attempts(session, batch_id, state=Try.SENDING)
    store.settle_batch(session, batch_id, Try.GONE, now, code=code)
    later = now + timedelta(seconds=THROTTLED_SECONDS if code else 0)
    store.move_notices(session, [moved(one.notice_id, one.step, State.WAITING, later) for one in attempts])
