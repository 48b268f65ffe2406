"""The post office: what is due goes out in groups, and nothing goes twice on one channel, whatever is killed or lost.

A sending is written down before it is handed over. Whoever finds one written down whose outcome nobody knows asks the provider by our
own id first: found, it counts as sent; absent, its messages wait again; not to be told, it is never sent again on that channel.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.ground.common.clock import Clock
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions
from backend.people.notices import batch_store, number_store, store
from backend.people.notices.addresses import AddressSeal
from backend.people.notices.gateways import Line
from backend.people.notices.leftovers import LOOK_AFTER, Leftovers, Pace
from backend.people.notices.moves import back, ended, moved, report_by, singly
from backend.people.notices.rules import hours
from backend.people.notices.rules.kinds import Template, filled, template_of
from backend.people.notices.rules.ledger import State, Try
from backend.people.notices.rules.links import link_of
from backend.people.notices.rules.ways import Channel, Contact, Way, next_step, ways_of
from backend.people.notices.throttle import Throttle
from verifier.gateways.answers import Accepted, Message, Outcome, Sending

log = logging.getLogger(__name__)

PAGE = 2000
ONE_NUMBER_RESTS = timedelta(hours=1)
AT_ONCE = 4

Wanted = Callable[[str, Sequence[int]], set[int]]
"""Of a poll's lenders, by its id, those for whom the notice is still true."""


@dataclass
class _Due:
    """One notice whose turn has come, with its way."""

    id: str
    mailing: store.MailingRow
    template: Template
    code: str
    step: int
    contact: Contact = field(repr=False)
    way: Way = field(repr=False)


@dataclass
class _Group:
    """Messages of one mailing that go through one line in one call."""

    line: Line
    batch: store.BatchRow
    dues: list[_Due]
    sending: Sending


class PostOffice:
    """One sender; several processes may have one, of which one works at a time."""

    def __init__(
        self, sessions: Sessions, seal: AddressSeal, lines: Sequence[Line], site: str, clock: Clock, pace: Pace | None = None
    ) -> None:
        self._sessions = sessions
        self._seal = seal
        self._lines = lines
        self._site = site
        self._clock = clock
        self._pace = pace or Pace()
        self._throttle = Throttle(clock)
        self._leftovers = Leftovers(sessions, seal, lines, clock, self._pace)
        self._one_at_a_time = threading.Lock()
        self._wanted: dict[str, Wanted] = {}

    def ask_before(self, kind: str, wanted: Wanted) -> None:
        """Before notices of a kind go, ask who still needs them."""
        self._wanted[kind] = wanted

    def run_once(self) -> int:
        """One round: what was lost is looked up, what is due goes out, what stayed silent goes another way. How many messages went."""
        with self._one_at_a_time, self._sessions.alone("notices") as mine:
            if not mine:
                return 0  # another process on the same database does it
            self._leftovers.look_up_lost()
            self._leftovers.give_up_silent()
            return self._send_due()

    # --- what goes out -------------------------------------------------------------------------------------------------------------

    def _send_due(self) -> int:
        now = self._clock.now()
        with self._sessions.reading() as session:
            rows = store.due(session, now, PAGE)
            mailings = store.mailings_by_id(session, {row.mailing_id for row in rows})
            rows = [row for row in rows if mailings[row.mailing_id].whole]
            people = {(mailings[row.mailing_id].case_id, row.person) for row in rows}
            sealed, held = store.contacts(session, people), number_store.held_until(session, people)
        rows = self._still_wanted(rows, mailings, now)
        rows, moves = _not_held(rows, mailings, held)
        letters: list[_Due] = []
        dues: list[_Due] = []
        for row in rows:
            self._sort(row, mailings[row.mailing_id], sealed, now, (dues, letters, moves))
        dues = self._within_limits(dues, now, moves)
        with self._sessions.begin() as session:
            # A report, or a mailing's end in another process, may have ended some since they were read: those stay as they are.
            standing = store.still_waiting(session, [due.id for due in (*dues, *letters)])
            groups = self._grouped([due for due in dues if due.id in standing], now, moves)
            store.move_notices(session, moves)
            store.add_attempts(session, [self._attempt(due, "post", "", now) for due in letters if due.id in standing])
            if groups:
                attempts = [self._attempt(due, one.line.gateway.name, one.batch.id, now) for one in groups for due in one.dues]
                store.begin_batches(session, [one.batch for one in groups], attempts)
        # From here on a kill leaves batches that the next run looks up.
        if groups:
            with ThreadPoolExecutor(AT_ONCE, "notices") as pool:
                for group, answer in zip(groups, pool.map(lambda one: one.line.gateway.send(one.sending), groups), strict=True):
                    self._settle(group, answer.outcome, answer.code, answer.each)
        return sum(len(group.dues) for group in groups)

    def _still_wanted(self, rows: Sequence[Any], mailings: Mapping[str, store.MailingRow], now: datetime) -> list[Any]:
        by_mailing: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_mailing[row.mailing_id].append(row)
        kept: list[Any] = []
        gone: list[str] = []
        for mailing_id, some in by_mailing.items():
            asked = self._wanted.get(mailings[mailing_id].kind)
            if asked is None:
                kept += some
                continue
            wanted = asked(mailings[mailing_id].subject, [row.lender_index for row in some])
            kept += [row for row in some if row.lender_index in wanted]
            gone += [row.id for row in some if row.lender_index not in wanted]
        if gone:
            with self._sessions.begin() as session:
                store.withdraw(session, gone, now)
        return kept

    def _sort(
        self, row: Any, mailing: store.MailingRow, sealed: Mapping[tuple[str, bytes], bytes], now: datetime,
        into: tuple[list[_Due], list[_Due], list[dict[str, Any]]],
    ) -> None:  # fmt: skip
        """Whether one notice can go now, is a letter, has to wait for the morning, or has no way left."""
        dues, letters, moves = into
        found = sealed.get((mailing.case_id, row.person))
        contact = self._seal.open_contact(mailing.case_id, row.person, found) if found is not None else Contact()
        ways = ways_of(contact)
        step = next_step(ways, row.step)
        if step is None:
            moves.append(ended(row.id, row.step, State.UNREACHED, "no_way_left", now))
            return
        due = _Due(row.id, mailing, template_of(mailing.kind), row.code, step, contact, ways[step])
        allowed = hours.allowed_from(now, due.way.channel)
        if due.way.channel is Channel.LETTER:
            letters.append(due)
            moves.append(moved(row.id, step, State.TO_POST, now, channel=Channel.LETTER))
        elif allowed > now:
            moves.append(moved(row.id, step, State.WAITING, allowed))
        else:
            dues.append(due)

    def _within_limits(self, dues: list[_Due], now: datetime, moves: list[dict[str, Any]]) -> list[_Due]:
        """Those whose address has not had too many messages in a day; the others wait for tomorrow."""
        lookups = {due.id: self._seal.lookup(due.way.address) for due in dues}
        with self._sessions.reading() as session:
            had = store.count_of_addresses(session, sorted(set(lookups.values())), now - timedelta(days=1))
        kept = []
        for due in dues:
            lookup = lookups[due.id]
            had[lookup] = had.get(lookup, 0) + 1
            if had[lookup] > hours.MOST_A_DAY:
                tomorrow = hours.allowed_from(now + timedelta(days=1), due.way.channel)
                moves.append(moved(due.id, due.step, State.WAITING, tomorrow, reason="daily_limit"))
            else:
                kept.append(due)
        return kept

    def _grouped(self, dues: Iterable[_Due], now: datetime, moves: list[dict[str, Any]]) -> list[_Group]:
        """Messages that one call can take, as many as the lines have room for; the rest stays as it is."""
        by_line: dict[tuple[int, str, str], list[_Due]] = defaultdict(list)
        room = {at: self._throttle.room(line) for at, line in enumerate(self._lines)}
        for due in dues:
            fitting = [at for at, line in enumerate(self._lines) if self._fits(line, due)]
            if not fitting:
                # No gateway serves the number: the next way.
                moves.append(moved(due.id, due.step + 1, State.WAITING, now, reason="no_gateway"))
                continue
            free = max(fitting, key=lambda at: (room[at] > 0, -at))
            if room[free] > 0:
                room[free] -= 1
                alike = due.code if self._lines[free].gateway.alike else ""
                by_line[(free, due.mailing.id, alike)].append(due)
        return [group for (at, _, _), some in by_line.items() for group in self._groups(self._lines[at], some, now)]

    def _fits(self, line: Line, due: _Due) -> bool:
        same = line.gateway.channel == due.way.channel and due.template.kind in line.templates
        return same and (due.way.channel is Channel.EMAIL or line.gateway.serves(due.way.address))

    def _groups(self, line: Line, dues: Sequence[_Due], now: datetime) -> Iterable[_Group]:
        self._throttle.take(line, len(dues))
        for part in _parts(dues, line.gateway.most_at_once):
            mailing, template = part[0].mailing, line.templates[part[0].mailing.kind]
            batch = store.BatchRow(
                id=new_id(), provider=line.gateway.name, mailing_id=mailing.id, template=template, began_at=now,
                look_at=now + max(self._pace.look_after, LOOK_AFTER),
            )  # fmt: skip
            messages = [Message(due.way.address, self._fields(due)) for due in part]
            yield _Group(line, batch, part, Sending(batch.id, template, messages, now))

    def _fields(self, due: _Due) -> dict[str, str]:
        return filled(due.template, due.mailing.fields, due.contact.word, link_of(self._site, due.code))

    def _attempt(self, due: _Due, provider: str, batch_id: str, now: datetime) -> dict[str, Any]:
        return {
            "notice_id": due.id,
            "step": due.step,
            "channel": due.way.channel,
            "provider": provider,
            "batch_id": batch_id,
            "state": Try.SENDING if batch_id else Try.SENT,
            "address_lookup": self._seal.lookup(due.way.address),
            "address_sealed": self._seal.seal_address(due.id, due.step, due.way.address),
            "made_at": now,
            "settled_at": None,
            "report_by": None,
            "provider_id": "",
            "code": "",
        }

    # --- what became of it ---------------------------------------------------------------------------------------------------------

    def _settle(self, group: _Group, outcome: Outcome, code: str, each: Mapping[str, Accepted]) -> None:
        now = self._clock.now()
        if outcome is Outcome.LOST:
            with self._sessions.begin() as session:
                batch_store.put_off_batch(session, group.batch.id, now + self._pace.look_after)
            return
        if outcome is Outcome.THROTTLED:
            self._throttle.rest(group.line)
        with self._sessions.begin() as session:
            if outcome is Outcome.ACCEPTED:
                self._accepted(session, group, each, now)
            elif outcome is Outcome.THROTTLED:
                back(session, group.batch.id, code, now)
            else:
                self._failed(session, group.batch.id, code, now)
            batch_store.drop_batch(session, group.batch.id)

    def _accepted(self, session: Any, group: _Group, each: Mapping[str, Accepted], now: datetime) -> None:
        ids = {one.provider_id for one in each.values()}
        if group.line.confirms_at_once:
            store.settle_batch(session, group.batch.id, Try.DELIVERED, now, next(iter(ids), ""))
            moves = [ended(due.id, due.step, State.TOLD, "", now, due.way.channel) for due in group.dues]
            store.move_notices(session, moves)
            return
        if len(ids) == 1 and not any(one.code for one in each.values()):
            store.settle_batch(session, group.batch.id, Try.SENT, now, ids.pop(), report_by=report_by(group.dues[0].template, now))
        else:
            self._accepted_singly(session, group, each, now)
        store.notices_sent(session, group.batch.id)

    def _accepted_singly(self, session: Any, group: _Group, each: Mapping[str, Accepted], now: datetime) -> None:
        by_lookup = {self._seal.lookup(due.way.address): (due, each.get(due.way.address)) for due in group.dues}
        changes, moves = [], []
        for attempt in batch_store.batch_attempts(session, group.batch.id, state=Try.SENDING):
            due, said = by_lookup[attempt.address_lookup]
            code, given = ("", "") if said is None else (said.code, said.provider_id)
            state = singly(code)
            awaited = report_by(due.template, now) if state is Try.SENT else None
            changes.append(
                {"b_id": attempt.id, "state": state, "settled_at": now, "provider_id": given, "code": code, "report_by": awaited}
            )
            if state is Try.FAILED:
                moves.append(moved(due.id, due.step + 1, State.WAITING, now, reason=code[:64]))
            elif state is Try.GONE:
                moves.append(moved(due.id, due.step, State.WAITING, now + ONE_NUMBER_RESTS, reason=code[:64]))
        store.set_attempts(session, changes)
        store.move_notices(session, moves)

    def _failed(self, session: Any, batch_id: str, code: str, now: datetime) -> None:
        """The provider refused: the next way."""
        attempts = batch_store.batch_attempts(session, batch_id, state=Try.SENDING)
        store.settle_batch(session, batch_id, Try.FAILED, now, code=code)
        store.move_notices(session, [moved(one.notice_id, one.step + 1, State.WAITING, now, reason=code[:64]) for one in attempts])


def _not_held(
    rows: Sequence[Any], mailings: Mapping[str, store.MailingRow], held: Mapping[tuple[str, bytes], datetime]
) -> tuple[list[Any], list[dict[str, Any]]]:
    """Those that may go, and moves of those whose person waits for a new number: the old one gets the notice of the change alone."""
    kept, moves = [], []
    for row in rows:
        mailing = mailings[row.mailing_id]
        until = held.get((mailing.case_id, row.person))
        if until is None or mailing.kind == "number_changed":
            kept.append(row)
        else:
            moves.append(moved(row.id, row.step, State.WAITING, until, reason="number_changes"))
    return kept, moves


def _parts(dues: Sequence[_Due], size: int) -> Iterable[list[_Due]]:
    """Groups in which no address stands twice: a report names an address alone."""
    open_parts: list[tuple[list[_Due], set[str]]] = []
    for due in dues:
        place = next((part for part in open_parts if len(part[0]) < size and due.way.address not in part[1]), None)
        if place is None:
            place = ([], set())
            open_parts.append(place)
        place[0].append(due)
        place[1].add(due.way.address)
        if len(place[0]) == size:
            open_parts.remove(place)
            yield place[0]
    for part, _ in open_parts:
        yield part
