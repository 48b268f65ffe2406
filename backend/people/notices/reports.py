"""Providers' reports: taken where they are about a message of ours, refused or noted where they are forged, repeated, unknown or late."""

from __future__ import annotations

import hmac
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from backend.ground.common.clock import Clock
from backend.ground.db.sessions import Sessions
from backend.people.notices import store
from backend.people.notices.addresses import AddressSeal
from backend.people.notices.errors import ReportAddressWrong, ReportsNotReadable
from backend.people.notices.gateways import Line
from backend.people.notices.rules.ledger import State, Try
from verifier.gateways.answers import Report, ReportNotReadable

log = logging.getLogger(__name__)

#: What a report can still tell about an attempt.
_OPEN = (Try.SENDING, Try.SENT)
_LATE = (Try.SILENT, Try.UNKNOWN)


class ReportDesk:
    """Takes reports; a report alone proves nothing, so it has to name what only we and the provider know."""

    def __init__(self, sessions: Sessions, seal: AddressSeal, lines: Sequence[Line], clock: Clock) -> None:
        self._sessions = sessions
        self._seal = seal
        self._lines = {line.gateway.name: line for line in lines}
        self._clock = clock

    def take(self, provider: str, token: str, body: object) -> Counter[str]:
        """What became of each report: taken, forged, unproved, unknown, repeated, contradicting, late.

        Raises: ReportAddressWrong for anybody who does not know the provider's own address, ReportsNotReadable.
        """
        right = self._seal.report_token(provider)
        line = self._lines.get(provider)
        if not hmac.compare_digest(token.encode(), right.encode()) or line is None:
            raise ReportAddressWrong
        try:
            reports = line.gateway.read_reports(body)
        except ReportNotReadable as error:
            raise ReportsNotReadable(reason=str(error)) from error
        return self._take(provider, reports)

    def _take(self, provider: str, reports: Sequence[Report]) -> Counter[str]:
        now, said = self._clock.now(), Counter[str]()
        changes: list[dict[str, Any]] = []
        moves: list[dict[str, Any]] = []
        strange: list[store.StrangeReportRow] = []
        asked: list[dict[str, Any]] = []
        with self._sessions.begin() as session:
            known = store.attempts_of_batches(session, sorted({report.own_id for report in reports}))
            seen: set[int] = set()
            for report in reports:
                attempt = self._attempt(known, report)
                word = _judged(provider, report, attempt, seen)
                said[word] += 1
                if word == "unproved":
                    asked.append({"b_id": attempt.id, "report_by": now})
                if word not in {"taken", "late"}:
                    own_id = report.own_id[:20] if attempt is not None else ""
                    strange.append(store.StrangeReportRow(provider=provider, reason=word, batch_id=own_id, at=now))
                    continue
                assert attempt is not None, "only known ones are taken"
                seen.add(attempt.id)
                state = Try.DELIVERED if report.delivered else Try.FAILED
                given = attempt.provider_id or report.provider_id
                changes.append({"b_id": attempt.id, "state": state, "settled_at": now, "provider_id": given, "code": report.code})
                if report.delivered:
                    moves.append(_told(attempt, now))
                elif word == "taken":
                    moves.append(_next(attempt, report.code, now))
            store.set_attempts(session, changes)
            store.move_notices(session, moves)
            store.set_attempts(session, asked)
            store.note_strange(session, strange)
        if strange:
            log.warning("%d reports of %s changed nothing", len(strange), provider)
        return said

    def _attempt(self, known: dict[tuple[str, bytes], Any], report: Report) -> Any:
        if report.number:
            return known.get((report.own_id, self._seal.lookup(report.number)))
        # Calls: one number in a sending, and the report does not name it.
        return next((row for (batch_id, _), row in known.items() if batch_id == report.own_id), None)


def _judged(provider: str, report: Report, attempt: Any, seen: set[int]) -> str:
    """What to do with a report. The provider's own number for the message has to fit wherever we were told it."""
    if attempt is None:
        return "unknown"
    if attempt.provider != provider or (attempt.provider_id and attempt.provider_id != report.provider_id):
        return "forged"
    if not attempt.provider_id:
        # Its answer was lost, so that nothing in the report is known to the provider alone: the provider is asked instead.
        return "unproved" if attempt.state in (*_OPEN, *_LATE) else "repeated"
    if attempt.id not in seen and attempt.state in (*_OPEN, *_LATE):
        return "taken" if attempt.state in _OPEN else "late"
    same = attempt.id in seen or attempt.state == (Try.DELIVERED if report.delivered else Try.FAILED)
    return "repeated" if same else "contradicting"


def _told(attempt: Any, now: Any) -> dict[str, Any]:
    return {
        "b_id": attempt.notice_id, "step": attempt.step, "state": State.TOLD, "due_at": now, "channel": attempt.channel, "reason": "",
        "ended_at": now,
    }  # fmt: skip


def _next(attempt: Any, code: str, now: Any) -> dict[str, Any]:
    return {
        "b_id": attempt.notice_id, "step": attempt.step + 1, "state": State.WAITING, "due_at": now, "channel": "", "reason": code[:64],
        "ended_at": None,
    }  # fmt: skip
