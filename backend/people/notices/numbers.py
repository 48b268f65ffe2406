"""A changed number: two officials who saw the document, a wait, and a notice to the old number, which gets nothing else from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.ground.common.clock import BEIJING, Clock
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.people.notices import number_store, store
from backend.people.notices.addresses import AddressSeal
from backend.people.notices.errors import ChangeByOneOfficial, ChangeNotOpen, ChangeUnderway, NoticeUnknown, NumberServedByNobody
from backend.people.notices.gateways import Line
from backend.people.notices.number_store import OPEN, ChangeState
from backend.people.notices.rules.ways import canonical_number, channel_of
from backend.people.notices.tables import NumberChangeRow
from backend.people.notices.views import Recipient

WAIT = timedelta(days=7)
NOTICE_LASTS = timedelta(days=3)

Tell = Callable[[str, str, dict[str, str], Recipient, datetime], None]
"""Queue one notice `number_changed`: key, case, fields, recipient, end."""


@dataclass(frozen=True)
class NumberChange:
    """A change as officials see it: only the end of the new number."""

    id: str
    case_id: str
    lender_index: int
    number_end: str = field(repr=False)
    state: ChangeState
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    effective_at: datetime | None


class NumberDesk:
    """Keeps changes; whose contact it is and who may decide is the caller's to know."""

    def __init__(self, sessions: Sessions, cipher: FieldCipher, lines: Sequence[Line], clock: Clock, tell: Tell) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._seal = AddressSeal(cipher)
        self._lines = lines
        self._clock = clock
        self._tell = tell

    def propose(self, case_id: str, recipient: Recipient, number: str, official: Visitor) -> NumberChange:
        """The first official's word. Raises: NumberNotReadable, NumberServedByNobody, ChangeUnderway."""
        canonical = canonical_number(number)
        if not any(line.gateway.channel == channel_of(canonical) and line.gateway.serves(canonical) for line in self._lines):
            raise NumberServedByNobody
        change_id = new_id()
        row = NumberChangeRow(
            id=change_id, case_id=case_id, person=recipient.person, lender_index=recipient.lender_index or 0,
            number_sealed=self._cipher.seal_text(canonical, _place(change_id)), number_lookup=self._seal.lookup(canonical),
            state=ChangeState.PROPOSED, proposed_by=official.account_id or "", proposed_name=official.name, proposed_at=self._clock.now(),
        )  # fmt: skip
        with self._sessions.begin() as session:
            if number_store.open_change(session, case_id, recipient.person) is not None:
                raise ChangeUnderway
            session.add(row)
        return self._view(row)

    def case_of(self, change_id: str) -> tuple[str, int]:
        """Case and index of a change. Raises: NoticeUnknown."""
        with self._sessions.reading() as session:
            row = number_store.change(session, change_id)
        if row is None:
            raise NoticeUnknown
        return row.case_id, row.lender_index

    def confirm(self, change_id: str, recipient: Recipient, official: Visitor) -> NumberChange:
        """The second official's word: the old number is told, and the wait begins.

        Raises: NoticeUnknown, ChangeNotOpen, ChangeByOneOfficial.
        """
        now = self._clock.now()
        with self._sessions.reading() as session:
            case_id = _confirmable(session, change_id, official).case_id
        # Told before it is confirmed: a kill in between leaves a notice too many, and never a number that counts of which nobody was told.
        local = (now + WAIT).astimezone(BEIJING)
        fields = {"from_day": f"{local.month}月{local.day}日"}
        self._tell(f"number/{change_id}", case_id, fields, recipient, now + NOTICE_LASTS)
        with self._sessions.begin() as session:
            row = _confirmable(session, change_id, official)
            row.state, row.confirmed_by, row.confirmed_name = ChangeState.CONFIRMED, official.account_id, official.name
            row.effective_at = now + WAIT
        return self._view(row)

    def withdraw(self, change_id: str) -> NumberChange:
        """Whoever holds the old number called, or it was a mistake. Raises: NoticeUnknown, ChangeNotOpen."""
        with self._sessions.begin() as session:
            row = number_store.change(session, change_id, hold=True)
            if row is None:
                raise NoticeUnknown
            if row.state not in OPEN:
                raise ChangeNotOpen
            row.state, row.ended_at = ChangeState.WITHDRAWN, self._clock.now()
        return self._view(row)

    def of_case(self, case_id: str) -> list[NumberChange]:
        """A case's changes, newest first."""
        with self._sessions.reading() as session:
            return [self._view(row) for row in number_store.changes_of(session, case_id)]

    def apply_due(self) -> int:
        """New numbers whose wait is over count from now on; how many."""
        now = self._clock.now()
        with self._sessions.begin() as session:
            rows = number_store.due_changes(session, now)
            for row in rows:
                kept = store.contact(session, row.case_id, row.person)
                if kept is not None:
                    contact = self._seal.open_contact(row.case_id, row.person, kept.sealed)
                    phones = (self._cipher.open_text(row.number_sealed, _place(row.id)),)
                    kept.sealed = self._seal.seal_contact(row.case_id, row.person, replace(contact, phones=phones))
                    kept.changed_at = now
                row.state, row.ended_at = ChangeState.EFFECTIVE, now
            return len(rows)

    def people_of(self, case_id: str, number: str) -> tuple[set[bytes], set[bytes]]:
        """(those whose number it is by a change that counts, those whose register's numbers count no more)."""
        now, lookup = self._clock.now(), self._seal.lookup(number)
        with self._sessions.reading() as session:
            rows = number_store.changed_people(session, case_id)
        newest = {row.person: row for row in rows if row.effective_at is not None and row.effective_at <= now}
        theirs = {person for person, row in newest.items() if row.number_lookup == lookup}
        waiting = {row.person for row in rows if row.effective_at is not None and row.effective_at > now}
        return theirs - waiting, {row.person for row in rows}

    def _view(self, row: NumberChangeRow) -> NumberChange:
        number = self._cipher.open_text(row.number_sealed, _place(row.id))
        return NumberChange(
            row.id, row.case_id, row.lender_index, number[-4:], ChangeState(row.state), row.proposed_name, row.proposed_at,
            row.confirmed_name, row.effective_at,
        )  # fmt: skip


def _confirmable(session: Session, change_id: str, official: Visitor) -> NumberChangeRow:
    """A change to which a second official may say yes. Raises: NoticeUnknown, ChangeNotOpen, ChangeByOneOfficial."""
    row = number_store.change(session, change_id)
    if row is None:
        raise NoticeUnknown
    if row.state != ChangeState.PROPOSED:
        raise ChangeNotOpen
    if row.proposed_by == official.account_id:
        raise ChangeByOneOfficial
    return row


def _place(change_id: str) -> str:
    return f"notices_number_changes:{change_id}:number"
