"""Sessions in front of a camera: single-use, bound to a subject and a nonce, held in memory only."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from verifier.face.challenge import SESSION_SECONDS, StepKind, draw_steps

#: After a session's time is over its end can still be asked for this long.
KEPT_SECONDS = 120.0
MOST_SESSIONS = 5000


class SessionUnknown(Exception):
    """No session has this id and nonce; perhaps its time is long over."""


class SessionsFull(Exception):
    """As many sessions are open as are held at once."""


@dataclass
class Session:
    """One challenge. `state` is what the room of `model` made of the frames; `digest` runs over each frame with nonce and subject."""

    id: str
    nonce: str
    subject: str
    steps: tuple[StepKind, ...]
    began_at: float
    state: dict[str, Any] | None = None
    model: str = ""
    decided: bool = False
    digest: Any = field(default_factory=hashlib.sha256)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, frames: list[bytes]) -> None:
        """Let the digest run over these frames."""
        for frame in frames:
            self.digest.update(hashlib.sha256(frame).digest())


class SessionBook:
    """Opens and finds sessions; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()

    def now(self) -> float:
        """The clock's time, seconds."""
        return self._clock()

    def open(self, subject: str) -> Session:
        """A new session. Raises: SessionsFull."""
        now = self._clock()
        session = Session(secrets.token_urlsafe(16), secrets.token_urlsafe(24), subject, draw_steps(), now)
        session.digest.update(f"{session.id}:{session.nonce}:{subject}".encode())
        with self._lock:
            self._drop_old(now)
            if len(self._open) >= MOST_SESSIONS:
                raise SessionsFull
            self._open[session.id] = session
        return session

    def find(self, session_id: str, nonce: str) -> Session:
        """The session, for whoever has its nonce. Raises: SessionUnknown."""
        with self._lock:
            self._drop_old(self._clock())
            session = self._open.get(session_id)
        if session is None or not secrets.compare_digest(session.nonce.encode(), nonce.encode()):
            raise SessionUnknown
        return session

    def close(self, session: Session) -> None:
        """Forget it: what the frames gave is gone."""
        with self._lock:
            self._open.pop(session.id, None)

    def _drop_old(self, now: float) -> None:
        for old in [one for one in self._open.values() if now - one.began_at > SESSION_SECONDS + KEPT_SECONDS]:
            del self._open[old.id]
