"""What a killed process or a lost answer left, and what was never reported: looked up, sent on another way, or ended."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.ground.common.clock import Clock
from backend.ground.db.sessions import Sessions
from backend.people.notices import batch_store, store
from backend.people.notices.addresses import AddressSeal
from backend.people.notices.gateways import Line
from backend.people.notices.moves import back, ended, moved, report_by
from backend.people.notices.rules.kinds import template_of
from backend.people.notices.rules.ledger import State, Try
from backend.people.notices.rules.ways import Channel, next_step, ways_of
from verifier.gateways.answers import Message, Sending, Sight

log = logging.getLogger(__name__)

PAGE = 2000
LOOK_AFTER = timedelta(seconds=30)
#: How long a provider that cannot tell is asked again, and how often.
LOOK_AGAIN, GIVE_UP_AFTER = timedelta(minutes=5), timedelta(hours=2)


@dataclass(frozen=True)
class Pace:
    """Waits that tests and drills shorten."""

    look_after: timedelta = LOOK_AFTER
    look_again: timedelta = LOOK_AGAIN
    give_up_after: timedelta = GIVE_UP_AFTER


class Leftovers:
    """Of one sender."""

    def __init__(self, sessions: Sessions, seal: AddressSeal, lines: Sequence[Line], clock: Clock, pace: Pace) -> None:
        self._sessions = sessions
        self._seal = seal
        self._lines = lines
        self._clock = clock
        self._pace = pace

    def look_up_lost(self) -> None:
        """Ask the provider for every sending whose outcome nobody knows, before anything goes again."""
        now = self._clock.now()
        with self._sessions.reading() as session:
            left = batch_store.left_batches(session, now, PAGE)
        for batch in left:
            line = next((line for line in self._lines if line.gateway.name == batch.provider), None)
            sight = self._seen(line, batch)
            with self._sessions.begin() as session:
                if sight is Sight.UNTOLD and line is not None and now < batch.began_at + self._pace.give_up_after:
                    batch_store.put_off_batch(session, batch.id, now + self._pace.look_again)
                    continue
                if sight in {Sight.FOUND, Sight.DELIVERED, Sight.FAILED}:
                    self._found(session, batch, line, now)
                elif sight is Sight.ABSENT:
                    back(session, batch.id, "", now)
                else:
                    self._unknown(session, batch, now)
                batch_store.drop_batch(session, batch.id)
            log.info("a sending without an answer was looked up: %s", sight)

    def _seen(self, line: Line | None, batch: store.BatchRow) -> Sight:
        if line is None:
            return Sight.UNTOLD
        with self._sessions.reading() as session:
            attempts = batch_store.batch_attempts(session, batch.id, state=Try.SENDING)
        messages = [Message(self._seal.open_address(one.notice_id, one.step, one.address_sealed)) for one in attempts]
        return line.gateway.look_up(Sending(batch.id, batch.template, messages, batch.began_at)) if messages else Sight.FOUND

    def _found(self, session: Any, batch: store.BatchRow, line: Line | None, now: datetime) -> None:
        attempts = batch_store.batch_attempts(session, batch.id, state=Try.SENDING)
        at_once = line is not None and line.confirms_at_once
        mailing = store.mailing(session, batch.mailing_id)
        reported_by = report_by(template_of(mailing.kind), now) if mailing is not None and not at_once else None
        store.settle_batch(session, batch.id, Try.DELIVERED if at_once else Try.SENT, now, report_by=reported_by)
        if at_once:
            store.move_notices(session, [ended(one.notice_id, one.step, State.TOLD, "", now, one.channel) for one in attempts])
        store.notices_sent(session, batch.id)

    def _unknown(self, session: Any, batch: store.BatchRow, now: datetime) -> None:
        """It may have arrived: never again on that channel, but on another one."""
        attempts = batch_store.batch_attempts(session, batch.id, state=Try.SENDING)
        store.settle_batch(session, batch.id, Try.UNKNOWN, now)
        self._go_on(session, attempts, now, "answer_lost")

    def give_up_silent(self) -> None:
        """Of what was never reported, ask where that can tell; then the next way, or an end."""
        now = self._clock.now()
        with self._sessions.reading() as session:
            over = store.silent_attempts(session, now, PAGE)
        if not over:
            return
        known = {one.id: self._asked(one) for one in over if not one.provider_id}
        silent = [one for one in over if known.get(one.id) not in {Sight.DELIVERED, Sight.FAILED}]
        with self._sessions.begin() as session:
            changes, moves = [], []
            for one in over:
                sight = known.get(one.id)
                if sight is Sight.DELIVERED:
                    moves.append(ended(one.notice_id, one.step, State.TOLD, "", now, one.channel))
                elif sight is Sight.FAILED:
                    moves.append(moved(one.notice_id, one.step + 1, State.WAITING, now, reason="failed"))
                state = Try.DELIVERED if sight is Sight.DELIVERED else Try.FAILED if sight is Sight.FAILED else Try.SILENT
                changes.append({"b_id": one.id, "state": state, "settled_at": now})
            store.set_attempts(session, changes)
            store.move_notices(session, moves)
            self._go_on(session, silent, now, "no_report")

    def _asked(self, attempt: store.AttemptRow) -> Sight:
        """How a message ended whose provider's own number we never got, by the provider's word."""
        line = next((line for line in self._lines if line.gateway.name == attempt.provider), None)
        if line is None:
            return Sight.UNTOLD
        message = Message(self._seal.open_address(attempt.notice_id, attempt.step, attempt.address_sealed))
        return line.gateway.look_up(Sending(attempt.batch_id, "", [message], attempt.made_at))

    def _go_on(self, session: Any, attempts: Sequence[store.AttemptRow], now: datetime, reason: str) -> None:
        """On another channel where there is one; else what was handed over stays unconfirmed."""
        rows = store.notices_at(session, [one.notice_id for one in attempts])
        mailings = store.mailings_by_id(session, {row.mailing_id for row in rows.values()})
        sealed = store.contacts(session, {(mailings[row.mailing_id].case_id, row.person) for row in rows.values()})
        moves = []
        for one in attempts:
            row = rows[one.notice_id]
            key = mailings[row.mailing_id].case_id, row.person
            ways = ways_of(self._seal.open_contact(*key, sealed[key])) if key in sealed else []
            step = next_step(ways, one.step + 1, not_by=Channel(one.channel))
            if step is None:
                moves.append(ended(row.id, one.step, State.UNCONFIRMED, reason, now, one.channel))
            else:
                moves.append(moved(row.id, step, State.WAITING, now, reason=reason))
        store.move_notices(session, moves)
