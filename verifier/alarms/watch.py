"""Rounds of the alarms: what the chain recorded is noted, whoever it was recorded for is told, and nobody twice by one number."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from verifier.alarms.book import FAILED, SENDING, SENT, WAITING, Alarm, Book, new_code
from verifier.alarms.chain import Nodes, NodeSilent
from verifier.alarms.contacts import Contacts
from verifier.gateways.answers import Gateway, Message, Outcome, Sending, Sight

log = logging.getLogger(__name__)

KIND = "alarm"
AT_ONCE = 1000
LOOK_AFTER_SECONDS, GIVE_UP_SECONDS = 30, 7200
#: Blocks behind the head that are read again: a chain may write its newest ones anew.
AGAIN_BLOCKS = 64
QUIET_FROM, QUIET_TO = 21, 8
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Line:
    """The alarms' own gateway with its provider's name for the alarm's template (fields: poll, link)."""

    gateway: Gateway
    template: str


class Watch:
    """One poll's alarms."""

    def __init__(
        self, nodes: Nodes, book: Book, contacts: Contacts, lines: Mapping[str, Line], title: str, site: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC), *, any_hour: bool = False,
    ) -> None:  # fmt: skip
        self._nodes = nodes
        self._book = book
        self._contacts = contacts
        self._lines = lines
        self._title = title
        self._site = site
        self._now = now
        self._any_hour = any_hour

    def run_once(self) -> int:
        """One round; how many messages were handed over."""
        self.read()
        self._look_up()
        return self._send()

    def read(self) -> int:
        """Note what every node shows; one that is silent or cut off does not keep the others from being heard. How many ballots are new."""
        new = 0
        for place in range(len(self._nodes)):
            mark = f"node {place}"
            try:
                found, head = self._nodes.recorded(place, max(self._book.mark(mark) - AGAIN_BLOCKS, 0))
            except NodeSilent as error:
                log.warning("node %d does not answer: %s", place, error)
                continue
            new += self._book.note(found)
            self._book.set_mark(mark, head)
        return new

    # --- inside --------------------------------------------------------------------------------------------------------------------

    def _look_up(self) -> None:
        """What a killed process left, or whose answer was lost, is asked for by our own id before anything goes again."""
        now = int(self._now().timestamp())
        for alarm in self._book.in_state(SENDING, AT_ONCE):
            if now - alarm.sent_at < LOOK_AFTER_SECONDS:
                continue
            number, line = self._way(alarm)
            sent_at = datetime.fromtimestamp(alarm.sent_at, UTC)
            sight = line.gateway.look_up(Sending(alarm.own_id, line.template, [Message(number)], sent_at)) if line else Sight.UNTOLD
            if sight is Sight.FAILED:
                self._book.move(alarm, WAITING, way=alarm.way + 1)
            elif sight in {Sight.FOUND, Sight.DELIVERED}:
                self._book.move(alarm, SENT, own_id=alarm.own_id, sent_at=alarm.sent_at)
            elif sight is Sight.ABSENT:
                self._book.move(alarm, WAITING)
            elif now - alarm.sent_at >= GIVE_UP_SECONDS:
                self._book.move(alarm, WAITING, way=alarm.way + 1)  # it may have come; the next number, not the same again

    def _send(self) -> int:
        local = self._now().astimezone(_CHINA)
        if not self._any_hour and not QUIET_TO <= local.hour < QUIET_FROM:
            return 0
        sent = 0
        for alarm in self._book.in_state(WAITING, AT_ONCE):
            number, line = self._way(alarm)
            if line is None:
                self._book.move(alarm, FAILED if not number else WAITING, way=alarm.way + bool(number))
                continue
            sent += self._hand_over(alarm, number, line)
        return sent

    def _hand_over(self, alarm: Alarm, number: str, line: Line) -> int:
        moment = self._now()
        own_id, at = new_code(), int(moment.timestamp())
        self._book.move(alarm, SENDING, own_id=own_id, sent_at=at)
        fields = {"poll": self._title, "link": f"{self._site}/a/{alarm.code}"}
        answer = line.gateway.send(Sending(own_id, line.template, [Message(number, fields)], moment))
        refused = answer.outcome is Outcome.REFUSED or any(one.code for one in answer.each.values())
        if answer.outcome is Outcome.THROTTLED:
            self._book.move(alarm, WAITING)
        elif refused:
            self._book.move(alarm, WAITING, way=alarm.way + 1)
        elif answer.outcome is Outcome.ACCEPTED:
            self._book.move(alarm, SENT, own_id=own_id, sent_at=at)
            return 1
        return 0  # a lost answer stays written down as being sent

    def _way(self, alarm: Alarm) -> tuple[str, Line | None]:
        """The number whose turn it is and the line to it; no number when none is left."""
        numbers = self._contacts.numbers.get(alarm.lender, ())
        if alarm.way >= len(numbers):
            return "", None
        number = numbers[alarm.way]
        landline = number.startswith("+86") and not number.startswith("+861")
        line = self._lines.get("voice" if landline else "sms")
        return number, line if line is not None and line.gateway.serves(number) else None
