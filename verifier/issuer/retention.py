"""What is kept no longer than its purpose: a round over the database, run by the service on a schedule and by a command."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any

from verifier.issuer import face_store, session_store
from verifier.issuer.desk import DAY_SECONDS, Desk
from verifier.issuer.errors import IssuerError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retention:
    """Faces go by the chain's clock, after the poll's close; counts and session figures by the issuer's own."""

    desk: Desk
    signal_days: int

    def round(self) -> dict[str, Any]:
        """Erase what is over: `certificates` for faces, counts for the rest, and polls of which the chain said nothing."""
        certificates, unread = [], []
        with self.desk.database.begin() as connection:
            polls = face_store.polls_with_faces(connection)
        for poll in polls:
            try:
                certificate = self.desk.erase_if_over(self.desk.polls.read(poll))
            except IssuerError as error:
                unread.append({"poll": poll, "rule": error.code})
                continue
            if certificate is not None:
                certificates.append(certificate)
        now = int(self.desk.clock())
        with self.desk.database.begin() as connection:
            forgotten = session_store.forget_before(connection, now - DAY_SECONDS, now - self.signal_days * DAY_SECONDS, now)
        if any(forgotten.values()):
            self.desk.database.forget_copies()
        return {"certificates": certificates, "forgotten": forgotten, "polls_not_read": unread}

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
