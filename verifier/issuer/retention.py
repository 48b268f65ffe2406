"""What is kept no longer than its purpose: a round over the database, run by the service on a schedule and by a command."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from verifier.issuer import face_store, session_store
from verifier.issuer.bindings import store as binding_store
from verifier.issuer.bindings.store import RegisterKey
from verifier.issuer.desk import DAY_SECONDS, Desk
from verifier.issuer.errors import IssuerError
from verifier.issuer.polls import PollFacts

#: What an identity file binds goes when no poll of its register was met for so long.
BINDING_DAYS = 180

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retention:
    """Faces go by the chain's clock, after the poll's close; counts and session figures by the issuer's own."""

    desk: Desk
    signal_days: int

    def round(self) -> dict[str, Any]:
        """Erase what is over: `certificates` for faces, counts for the rest, and polls of which the chain said nothing."""
        certificates: list[dict[str, Any]] = []
        unread: list[dict[str, str]] = []
        read: dict[str, PollFacts] = {}
        with self.desk.database.begin() as connection:
            polls = face_store.polls_with_faces(connection)
            bound = self._polls_with_bindings(connection)
        for poll in sorted({*polls, *bound}):
            try:
                facts = self.desk.polls.read(poll)
            except IssuerError as error:
                unread.append({"poll": poll, "rule": error.code})
                continue
            read[poll] = facts
            certificate = self.desk.erase_if_over(facts) if poll in polls else None
            if certificate is not None:
                certificates.append(certificate)
        now = int(self.desk.clock())
        with self.desk.database.begin() as connection:
            forgotten = session_store.forget_before(connection, now - DAY_SECONDS, now - self.signal_days * DAY_SECONDS, now)
            forgotten["bindings"] = self._forget_bindings(connection, bound, read, now)
        if any(forgotten.values()):
            self.desk.database.forget_copies()
        return {"certificates": certificates, "forgotten": forgotten, "polls_not_read": unread}

    def _polls_with_bindings(self, connection: Connection) -> dict[str, RegisterKey]:
        """Known polls of a register of which an identity file's lines are stored."""
        stored = {register for _, register, _ in binding_store.files_with_bindings(connection)}
        known = {roots.poll: RegisterKey.of(roots) for roots in self.desk.polls.book.known(connection)}
        return {poll: register for poll, register in known.items() if register in stored}

    def _forget_bindings(self, connection: Connection, bound: Mapping[str, RegisterKey], read: Mapping[str, PollFacts], now: int) -> int:
        """Delete what identity files bind where every known poll of the register is over, or none was met for long."""
        over = []
        for file_id, register, handed_in_at in binding_store.files_with_bindings(connection):
            polls = [poll for poll, of in bound.items() if of == register]
            if not polls and handed_in_at < now - BINDING_DAYS * DAY_SECONDS:
                over.append(file_id)
            if polls and all(poll in read and self.desk.is_over(read[poll]) for poll in polls):
                over.append(file_id)
        return binding_store.forget_bindings(connection, over)

    def run(self, ending: threading.Event, every_seconds: float) -> None:
        """A round at once and then again and again until told to end; for a thread of its own."""
        while True:
            try:
                done = self.round()
                for unread in done["polls_not_read"]:
                    log.warning("faces of poll %s stay: %s", unread["poll"], unread["rule"])
            except Exception:
                log.exception("looking for what is to be erased")
            if ending.wait(every_seconds):
                return
