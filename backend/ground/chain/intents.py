"""What was begun on the chain in several steps and has to come to its end: noted before the first step, finished by whoever finds it.

A process that is killed between sending and storing, or loses its node, leaves the note behind. The same work, done once more, finds on
the chain what it has done already; so finishing it is doing it again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from backend.ground.chain.errors import OutcomeAwaited, why_awaited
from backend.ground.common.clock import Clock
from backend.ground.common.errors import LenderVoteError, Unavailable
from backend.ground.db.base import Base, UtcTime
from backend.ground.db.sessions import Sessions

log = logging.getLogger(__name__)

Finish = Callable[[dict[str, Any]], object]
"""Does the work of a kind, from its payload, as if for the first time."""


class IntentRow(Base):
    """One piece of work that was begun; `payload` is all that doing it again needs."""

    __tablename__ = "chain_intents"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    begun_at: Mapped[datetime] = mapped_column(UtcTime)


class Intents:
    """Notes what is begun; `resume` finishes what nobody works on any more."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._finish: dict[str, Finish] = {}
        self._worked_on: set[str] = set()
        self._lock = threading.Lock()

    def on(self, kind: str, finish: Finish) -> None:
        """Register who finishes work of this kind."""
        self._finish[kind] = finish

    def note(self, kind: str, key: str, payload: dict[str, Any]) -> None:
        """Have `resume` do this work from now on, in place of what was noted under the key before."""
        with self._sessions.begin() as session:
            session.merge(IntentRow(key=key, kind=kind, payload=payload, begun_at=self._clock.now()))

    @contextmanager
    def kept(self, kind: str, key: str, payload: dict[str, Any], is_begun: Callable[[], bool] = lambda: True) -> Iterator[None]:
        """Do the work of the block; what it leaves unknown is finished by `resume`.

        Forgotten when the block ends, is refused for good, or nothing was begun (`is_begun`). Raises: OutcomeAwaited in place of
        Unavailable when the work goes on by itself.
        """
        with self._sessions.begin() as session:
            if session.get(IntentRow, key) is None:
                session.add(IntentRow(key=key, kind=kind, payload=payload, begun_at=self._clock.now()))
        with self._lock:
            self._worked_on.add(key)
        try:
            yield
        except Unavailable as error:
            if is_begun():
                raise OutcomeAwaited(**why_awaited(error)) from error
            self._forget(key)
            raise
        except LenderVoteError:
            self._forget(key)
            raise
        else:
            self._forget(key)
        finally:
            with self._lock:
                self._worked_on.discard(key)

    def resume(self) -> int:
        """Finish what was left; how many pieces of work came to an end."""
        with self._sessions.reading() as session:
            found = [(row.key, row.kind, row.payload) for row in session.scalars(select(IntentRow).order_by(IntentRow.begun_at))]
        return sum(self._resume(key, kind, payload) for key, kind, payload in found)

    def _resume(self, key: str, kind: str, payload: dict[str, Any]) -> bool:
        with self._lock:
            if key in self._worked_on or kind not in self._finish:
                return False
            self._worked_on.add(key)
        try:
            with self._sessions.alone(f"intent {key}") as mine:
                return mine and self._finish_one(key, kind, payload)
        finally:
            with self._lock:
                self._worked_on.discard(key)

    def _finish_one(self, key: str, kind: str, payload: dict[str, Any]) -> bool:
        try:
            self._finish[kind](payload)
        except Unavailable as error:
            log.info("%s is not finished yet: %s", kind, error.code)
            return False
        except LenderVoteError as error:
            log.error("%s came to nothing: %s", kind, error)  # noqa: TRY400 - a refusal, no defect
        except Exception:
            log.exception("defect while finishing %s; it is tried again", kind)
            return False
        self._forget(key)
        return True

    def _forget(self, key: str) -> None:
        with self._sessions.begin() as session:
            session.execute(delete(IntentRow).where(IntentRow.key == key))
