"""All SQL of the ledger; its tables are in `tables`. Hot paths take rows, not objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from backend.ground.db.base import Base
from backend.ground.db.sessions import Sessions
from backend.people.notices.rules.ledger import UNENDED, State, Try
from backend.people.notices.tables import AttemptRow, BatchRow, ContactRow, MailingRow, NoticeRow, StrangeReportRow

__all__ = ["AttemptRow", "BatchRow", "ContactRow", "MailingRow", "NoticeRow", "StrangeReportRow"]

Rows = Any
"""Rows of a query over columns, read by name."""
PAGE_ROWS, ASKED_AT_ONCE = 5000, 500

_notices, _attempts = cast(Table, NoticeRow.__table__), cast(Table, AttemptRow.__table__)


# --- mailings ------------------------------------------------------------------------------------------------------------------------


def mailing_by_key(session: Session, key: str) -> MailingRow | None:
    """The mailing asked for before."""
    return session.scalar(select(MailingRow).where(MailingRow.key == key))


def mailing(session: Session, mailing_id: str) -> MailingRow | None:
    """A mailing by id."""
    return session.get(MailingRow, mailing_id)


def mailings_by_id(session: Session, ids: Iterable[str]) -> dict[str, MailingRow]:
    """Those of the ids that exist."""
    return {row.id: row for row in session.scalars(select(MailingRow).where(MailingRow.id.in_(set(ids))))}


def next_number(session: Session) -> int:
    """The number for the next mailing, from 1."""
    return (session.scalar(select(func.max(MailingRow.number))) or 0) + 1


def mailings_of(session: Session, *, case_id: str | None = None, subject: str | None = None) -> Sequence[MailingRow]:
    """A case's or a poll's mailings, oldest first."""
    query = select(MailingRow).order_by(MailingRow.number)
    if case_id is not None:
        query = query.where(MailingRow.case_id == case_id)
    if subject is not None:
        query = query.where(MailingRow.subject == subject)
    return session.scalars(query).all()


def open_mailings(session: Session) -> Sequence[MailingRow]:
    """Those that are whole and not closed yet."""
    return session.scalars(select(MailingRow).where(MailingRow.whole, MailingRow.closed_at.is_(None)).order_by(MailingRow.number)).all()


def unanchored(session: Session) -> Sequence[MailingRow]:
    """Closed ones whose root is not handed to the chain."""
    return session.scalars(select(MailingRow).where(MailingRow.closed_at.is_not(None), MailingRow.tx_id.is_(None))).all()


def add_in_pages(sessions: Sessions, table: type[Base], values: Iterable[dict[str, Any]]) -> int:
    """Insert page by page, each in a transaction of its own; what is there already stays as it is. How many were given."""
    done, iterator = 0, iter(values)
    while page := list(islice(iterator, PAGE_ROWS)):
        with sessions.begin() as session:
            _insert_new(session, table, page)
        done += len(page)
    return done


def _insert_new(session: Session, table: type[Base], page: list[dict[str, Any]]) -> None:
    from sqlalchemy.dialects import postgresql, sqlite

    postgres = session.get_bind().dialect.name == "postgresql"
    made = (postgresql.insert if postgres else sqlite.insert)(table)
    session.execute(made.on_conflict_do_nothing(), page)


# --- what is due ---------------------------------------------------------------------------------------------------------------------


def due(session: Session, now: datetime, limit: int) -> Rows:
    """(id, mailing_id, person, lender_index, code, step) of notices whose time has come."""
    columns = _notices.c
    query = select(columns.id, columns.mailing_id, columns.person, columns.lender_index, columns.code, columns.step)
    query = query.where(columns.state == State.WAITING, columns.due_at <= now).order_by(columns.due_at, columns.id).limit(limit)
    return session.execute(query).all()


def contacts(session: Session, wanted: Iterable[tuple[str, bytes]]) -> dict[tuple[str, bytes], bytes]:
    """The sealed contacts of people, by case and person."""
    keys, found = sorted(set(wanted)), dict[tuple[str, bytes], bytes]()
    for start in range(0, len(keys), ASKED_AT_ONCE):
        some = keys[start : start + ASKED_AT_ONCE]
        query = select(ContactRow.case_id, ContactRow.person, ContactRow.sealed)
        query = query.where(tuple_(ContactRow.case_id, ContactRow.person).in_(some))
        found |= {(case_id, person): sealed for case_id, person, sealed in session.execute(query)}
    return found


def count_of_addresses(session: Session, lookups: Sequence[bytes], since: datetime) -> dict[bytes, int]:
    """How many messages went to each address since a time."""
    found: dict[bytes, int] = {}
    for start in range(0, len(lookups), ASKED_AT_ONCE):
        query = select(AttemptRow.address_lookup, func.count()).where(
            AttemptRow.address_lookup.in_(lookups[start : start + ASKED_AT_ONCE]), AttemptRow.made_at > since, AttemptRow.state != Try.GONE
        )
        found |= {row[0]: row[1] for row in session.execute(query.group_by(AttemptRow.address_lookup))}
    return found


def move_notices(session: Session, moves: Sequence[Mapping[str, Any]]) -> None:
    """Set state, step, due_at, channel, reason and ended_at of notices, named by `b_id`; those that came to an end stay as they are."""
    if not moves:
        return
    session.execute(update(_notices).where(_notices.c.id == bindparam("b_id"), _notices.c.ended_at.is_(None)), list(moves))


def begin_batches(session: Session, batches: Sequence[BatchRow], attempts: Sequence[Mapping[str, Any]]) -> None:
    """Write down what is about to be handed over."""
    session.add_all(batches)
    session.execute(insert(_attempts), list(attempts))
    ids = [attempt["notice_id"] for attempt in attempts]
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = _notices.c.id.in_(ids[start : start + ASKED_AT_ONCE])
        session.execute(update(_notices).where(some).values(state=State.SENDING))


def still_waiting(session: Session, ids: Sequence[str]) -> set[str]:
    """Those of the notices that wait now."""
    waiting = select(_notices.c.id).where(_notices.c.state == State.WAITING)
    starts = range(0, len(ids), ASKED_AT_ONCE)
    return {one for start in starts for one in session.scalars(waiting.where(_notices.c.id.in_(ids[start : start + ASKED_AT_ONCE])))}


def add_attempts(session: Session, attempts: Sequence[Mapping[str, Any]]) -> None:
    """Attempts that no provider is asked for: letters."""
    if attempts:
        session.execute(insert(_attempts), list(attempts))


# --- batches -------------------------------------------------------------------------------------------------------------------------


def settle_batch(
    session: Session, batch_id: str, state: Try, now: datetime, provider_id: str = "", code: str = "", report_by: datetime | None = None
) -> None:
    """All attempts of a batch that still stand as sending."""
    statement = update(_attempts).where(_attempts.c.batch_id == batch_id, _attempts.c.state == Try.SENDING)
    session.execute(statement.values(state=state, settled_at=now, provider_id=provider_id, code=code, report_by=report_by))


def notices_sent(session: Session, batch_id: str) -> None:
    """The notices of a batch whose attempts were taken."""
    taken = select(AttemptRow.notice_id).where(AttemptRow.batch_id == batch_id, AttemptRow.state == Try.SENT)
    statement = update(_notices).where(_notices.c.id.in_(taken), _notices.c.state == State.SENDING)
    session.execute(statement.values(state=State.SENT))


def set_attempts(session: Session, changes: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of attempts, named by `b_id`; each change has the same ones."""
    if changes:
        session.execute(update(_attempts).where(_attempts.c.id == bindparam("b_id")), list(changes))


def attempts_of_batches(session: Session, batch_ids: Sequence[str]) -> dict[tuple[str, bytes], Any]:
    """(id, notice_id, step, channel, provider, state, provider_id, address_lookup, batch_id) by batch and address."""
    found: dict[tuple[str, bytes], Any] = {}
    columns = _attempts.c
    query = select(
        *(columns.id, columns.notice_id, columns.step, columns.channel, columns.provider, columns.state, columns.provider_id),
        *(columns.address_lookup, columns.batch_id),
    )
    for start in range(0, len(batch_ids), ASKED_AT_ONCE):
        for row in session.execute(query.where(columns.batch_id.in_(batch_ids[start : start + ASKED_AT_ONCE]))):
            found[(row.batch_id, row.address_lookup)] = row
    return found


def silent_attempts(session: Session, now: datetime, limit: int) -> Sequence[AttemptRow]:
    """Attempts that were taken and whose report is overdue."""
    query = select(AttemptRow).where(AttemptRow.state == Try.SENT, AttemptRow.report_by <= now)
    return session.scalars(query.order_by(AttemptRow.report_by).limit(limit)).all()


# --- notices -------------------------------------------------------------------------------------------------------------------------


def notices_at(session: Session, ids: Sequence[str]) -> dict[str, NoticeRow]:
    """Notices by id."""
    found: dict[str, NoticeRow] = {}
    for start in range(0, len(ids), ASKED_AT_ONCE):
        found |= {row.id: row for row in session.scalars(select(NoticeRow).where(NoticeRow.id.in_(ids[start : start + ASKED_AT_ONCE])))}
    return found


def notice_by_code(session: Session, code: str) -> NoticeRow | None:
    """The notice that carries a code."""
    return session.scalar(select(NoticeRow).where(NoticeRow.code == code))


def counts(session: Session, mailing_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many notices stand where, by mailing."""
    found: dict[str, dict[str, int]] = {mailing_id: {} for mailing_id in mailing_ids}
    query = select(NoticeRow.mailing_id, NoticeRow.state, func.count()).where(NoticeRow.mailing_id.in_(mailing_ids))
    for mailing_id, state, count in session.execute(query.group_by(NoticeRow.mailing_id, NoticeRow.state)):
        found[mailing_id][state] = count
    return found


def count_unended(session: Session, mailing_id: str) -> int:
    """How many of a mailing have no end yet."""
    query = select(func.count()).where(NoticeRow.mailing_id == mailing_id, NoticeRow.state.in_(UNENDED))
    return session.scalar(query) or 0


def ended_of(session: Session, mailing_id: str, after: str, limit: int) -> Rows:
    """(id, channel, state, ended_at) of a mailing's notices by id, after one."""
    columns = _notices.c
    query = select(columns.id, columns.channel, columns.state, columns.ended_at).where(columns.mailing_id == mailing_id, columns.id > after)
    return session.execute(query.order_by(columns.id).limit(limit)).all()


def end_late(session: Session, mailing_id: str, now: datetime) -> None:
    """Give what is left at a mailing's end its end: what was handed over is unconfirmed, all else unreached."""
    of_mailing = _notices.c.mailing_id == mailing_id
    for states, end in (((State.SENDING, State.SENT), State.UNCONFIRMED), ((State.WAITING, State.TO_POST), State.UNREACHED)):
        statement = update(_notices).where(of_mailing, _notices.c.state.in_(states))
        session.execute(statement.values(state=end, reason="out_of_time", ended_at=now))


def of_lender(session: Session, subject: str, lender_index: int) -> Sequence[tuple[MailingRow, NoticeRow]]:
    """One lender's notices about a poll, oldest first."""
    query = select(MailingRow, NoticeRow).join(NoticeRow, NoticeRow.mailing_id == MailingRow.id)
    query = query.where(MailingRow.subject == subject, NoticeRow.lender_index == lender_index).order_by(MailingRow.number)
    return [(made, notice) for made, notice in session.execute(query)]


def attempts_of(session: Session, notice_ids: Sequence[str]) -> dict[str, list[AttemptRow]]:
    """The attempts of notices, oldest first."""
    found: dict[str, list[AttemptRow]] = {notice_id: [] for notice_id in notice_ids}
    for start in range(0, len(notice_ids), ASKED_AT_ONCE):
        query = select(AttemptRow).where(AttemptRow.notice_id.in_(notice_ids[start : start + ASKED_AT_ONCE])).order_by(AttemptRow.id)
        for row in session.scalars(query):
            found[row.notice_id].append(row)
    return found


def in_state(session: Session, mailing_id: str, states: Sequence[State], after: str, limit: int) -> Sequence[NoticeRow]:
    """A mailing's notices that stand so, by id, after one."""
    query = select(NoticeRow).where(NoticeRow.mailing_id == mailing_id, NoticeRow.state.in_(states), NoticeRow.id > after)
    return session.scalars(query.order_by(NoticeRow.id).limit(limit)).all()


def to_post(session: Session, mailing_id: str, after: NoticeRow | None) -> Sequence[NoticeRow]:
    """Letters of a mailing that wait for the post, by when they came and by id, after one."""
    due_at, query = NoticeRow.due_at, select(NoticeRow).where(NoticeRow.mailing_id == mailing_id, NoticeRow.state == State.TO_POST)
    if after is not None:
        query = query.where((due_at > after.due_at) | ((due_at == after.due_at) & (NoticeRow.id > after.id)))
    return session.scalars(query.order_by(due_at, NoticeRow.id).limit(PAGE_ROWS)).all()


def withdraw(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Take back notices that are no longer true; only what nobody has begun to send."""
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = _notices.c.id.in_(ids[start : start + ASKED_AT_ONCE])
        statement = update(_notices).where(some, _notices.c.state == State.WAITING)
        session.execute(statement.values(state=State.WITHDRAWN, ended_at=now))


def contact(session: Session, case_id: str, person: bytes) -> ContactRow | None:
    """A person's contact."""
    return session.get(ContactRow, (case_id, person))


def note_strange(session: Session, rows: Sequence[StrangeReportRow]) -> None:
    """Write down reports that changed nothing."""
    session.add_all(rows)


def count_strange(session: Session) -> dict[str, int]:
    """How many reports changed nothing, by reason."""
    query = select(StrangeReportRow.reason, func.count()).group_by(StrangeReportRow.reason)
    return {row[0]: row[1] for row in session.execute(query)}


def pages_of(read: Any, limit: int = PAGE_ROWS) -> Iterator[Any]:
    """Rows page by page: `read(after, limit)` gives rows with an id."""
    after = ""
    while page := read(after, limit):
        yield from page
        after = page[-1].id
        if len(page) < limit:
            return
