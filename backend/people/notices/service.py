"""The ledger's use cases: queue a notice to many, run its sending to an end for each, and say who was told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.common.rounds import Rounds
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.common.voting import LEAST_SHOWN
from backend.ground.db.sessions import Sessions
from backend.people.notices import store
from backend.people.notices.addresses import AddressSeal
from backend.people.notices.closing import Closing
from backend.people.notices.errors import LetterNotWaiting, NoticeUnknown, NotOurMessage, WordNotUsable
from backend.people.notices.gateways import Line, read_lines
from backend.people.notices.leftovers import Pace
from backend.people.notices.misses import Misses
from backend.people.notices.numbers import NumberDesk
from backend.people.notices.post import PostOffice
from backend.people.notices.reports import ReportDesk
from backend.people.notices.rules import hours
from backend.people.notices.rules.kinds import NO_WORD, check_fields, template_of
from backend.people.notices.rules.ledger import UNENDED, State
from backend.people.notices.rules.links import bare_code, codes_within, is_message, link_of, new_code
from backend.people.notices.rules.ways import Channel
from backend.people.notices.views import AttemptView, CheckedMessage, KindView, Letter, MailingView, NoticeView, Recipient

__all__ = ["CheckedMessage", "MailingView", "NoticeService", "NoticeView", "Recipient"]

TICK_SECONDS = 2.0
ROUNDS_AT_ONCE = 500
LEAVES_A_PAGE = 5000


class NoticeService:
    """The ledger; thread-safe."""

    def __init__(
        self, sessions: Sessions, cipher: FieldCipher, chain: Chain | None, settings: Settings, clock: Clock | None = None,
        lines: Sequence[Line] | None = None, pace: Pace | None = None,
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._chain = chain
        self._clock = clock or SystemClock()
        self._site = settings.resolved_public_url
        self.seal = AddressSeal(cipher)
        self.lines = list(lines) if lines is not None else read_lines(settings.gateways_file, settings.data_dir)
        self.post = PostOffice(sessions, self.seal, self.lines, self._site, self._clock, pace)
        self.reports = ReportDesk(sessions, self.seal, self.lines, self._clock)
        self.misses = Misses(self._clock)
        self.closing = Closing(sessions, chain, self._clock)
        self.numbers = NumberDesk(sessions, cipher, self.lines, self._clock, self._tell_old_number)

    # --- what goes out -------------------------------------------------------------------------------------------------------------

    def queue(
        self, key: str, kind: str, case_id: str, subject: str, fields: Mapping[str, str], recipients: Iterable[Recipient], *,
        ends_at: datetime, not_before: datetime | None = None,
    ) -> str:  # fmt: skip
        """A notice to these people, once for each `key`; asked again, it is gone on with where it was left. The mailing's id.

        Nothing goes before every person is in. Raises: NoticeKindUnknown, TemplateFieldsWrong, FieldTooLong.
        """
        template = check_fields(kind, fields)
        now = self._clock.now()
        with self._sessions.begin() as session:
            known = store.mailing_by_key(session, key)
            if known is None:
                known = store.MailingRow(
                    id=new_id(), number=store.next_number(session), key=key, case_id=case_id, subject=subject, kind=kind,
                    fields=dict(fields), template_hash=template.hash, made_at=now, whole=False, ends_at=ends_at,
                )  # fmt: skip
                session.add(known)
        if not known.whole:
            self._fill(known, recipients, not_before or now)
            with self._sessions.begin() as session:
                row = store.mailing(session, known.id)
                assert row is not None, "it was just stored"
                row.whole = True
        return known.id

    def _tell_old_number(self, key: str, case_id: str, fields: dict[str, str], recipient: Recipient, ends_at: datetime) -> None:
        self.queue(key, "number_changed", case_id, "", fields, [recipient], ends_at=ends_at)

    def choose_word(self, case_id: str, recipient: Recipient, word: str) -> None:
        """The word by which a person knows our messages, from now on. Raises: WordNotUsable."""
        if not (2 <= len(word) <= 10 and word.isalpha()):
            raise WordNotUsable
        now = self._clock.now()
        store.add_in_pages(self._sessions, store.ContactRow, [self._contact_values(case_id, recipient, now)])
        with self._sessions.begin() as session:
            row = store.contact(session, case_id, recipient.person)
            assert row is not None, "it was just stored, or was there"
            contact = self.seal.open_contact(case_id, recipient.person, row.sealed)
            row.sealed = self.seal.seal_contact(case_id, recipient.person, replace(contact, word=word))
            row.changed_at = now

    def is_queued(self, key: str) -> bool:
        """Whether everybody of a notice is in."""
        with self._sessions.reading() as session:
            known = store.mailing_by_key(session, key)
            return known is not None and known.whole

    def _fill(self, mailing: store.MailingRow, recipients: Iterable[Recipient], due_at: datetime) -> None:
        now = self._clock.now()
        page: list[Recipient] = []
        for recipient in recipients:
            page.append(recipient)
            if len(page) == store.PAGE_ROWS:
                self._fill_page(mailing, page, now, due_at)
                page = []
        if page:
            self._fill_page(mailing, page, now, due_at)

    def _fill_page(self, mailing: store.MailingRow, page: Sequence[Recipient], now: datetime, due_at: datetime) -> None:
        # A contact that is there already stays: a number that two officials changed is newer than any register.
        with self._sessions.reading() as session:
            known = store.contacts(session, ((mailing.case_id, one.person) for one in page))
        new = [one for one in page if (mailing.case_id, one.person) not in known]
        store.add_in_pages(self._sessions, store.ContactRow, (self._contact_values(mailing.case_id, one, now) for one in new))
        store.add_in_pages(
            self._sessions,
            store.NoticeRow,
            (
                {
                    "id": new_id(), "mailing_id": mailing.id, "person": one.person, "lender_index": one.lender_index, "code": new_code(),
                    "state": State.WAITING, "step": 0, "due_at": due_at, "channel": "", "reason": "",
                }
                for one in page
            ),
        )  # fmt: skip

    def _contact_values(self, case_id: str, one: Recipient, now: datetime) -> dict[str, Any]:
        sealed = self.seal.seal_contact(case_id, one.person, one.contact)
        return {"case_id": case_id, "person": one.person, "sealed": sealed, "changed_at": now}

    def run_once(self) -> None:
        """Send what is due, then close and anchor what came to its end. Raises: NodeNotAnswering when an anchor could not go."""
        self.numbers.apply_due()
        for _ in range(ROUNDS_AT_ONCE):
            if not self.post.run_once():
                break
        self.closing.close_ended()
        self.closing.anchor()

    def rounds(self) -> Rounds:
        """Sending beside the requests."""
        return Rounds(name="notices", work=self.run_once, every_seconds=TICK_SECONDS, first_seconds=TICK_SECONDS)

    # --- who was told --------------------------------------------------------------------------------------------------------------

    def mailings(self, *, case_id: str | None = None, subject: str | None = None) -> list[MailingView]:
        """A case's or a poll's notices with their numbers, oldest first."""
        with self._sessions.reading() as session:
            rows = store.mailings_of(session, case_id=case_id, subject=subject)
            counts = store.counts(session, [row.id for row in rows])
        return [self._mailing_view(row, counts[row.id]) for row in rows]

    def by_kind(self, subject: str) -> list[KindView]:
        """How many people notices of each kind about a poll were for, and how many were told; kinds that few got are left out."""
        found: dict[str, KindView] = {}
        for one in self.mailings(subject=subject):
            known = found.get(one.kind, KindView(one.kind, 0, 0, 0))
            found[one.kind] = KindView(one.kind, known.total + one.total, known.told + one.told, known.unreached + one.unreached)
        return [one for one in found.values() if one.total >= LEAST_SHOWN]

    def mailing(self, mailing_id: str) -> MailingView:
        """One of them. Raises: NoticeUnknown."""
        with self._sessions.reading() as session:
            row = store.mailing(session, mailing_id)
            if row is None:
                raise NoticeUnknown
            counts = store.counts(session, [row.id])[row.id]
        return self._mailing_view(row, counts)

    def of_lender(self, subject: str, lender_index: int) -> list[NoticeView]:
        """What one lender was told about a poll, and by which ways it was tried."""
        with self._sessions.reading() as session:
            pairs = store.of_lender(session, subject, lender_index)
            attempts = store.attempts_of(session, [notice.id for _, notice in pairs])
        return [self._notice_view(mailing, notice, attempts[notice.id]) for mailing, notice in pairs]

    def check(self, text: str, address: str = "") -> CheckedMessage:
        """Whether a pasted message, link or code is ours to the letter; `address` is who asks. Raises: NotOurMessage, ChecksMany."""
        self.misses.check(address)
        bare = bare_code(text, self._site)
        if bare is not None and (found := self.by_code(bare)) is not None:
            return found
        for code in codes_within(text, self._site):
            found = self.by_code(code)
            if found is not None and is_message(text, template_of(found.kind), found.fields, link_of(self._site, code)):
                return found
        self.misses.note(address)
        raise NotOurMessage

    def by_code(self, code: str) -> CheckedMessage | None:
        """The message that carries a code; None for none of ours."""
        with self._sessions.reading() as session:
            notice = store.notice_by_code(session, code)
            mailing = store.mailing(session, notice.mailing_id) if notice is not None else None
        if notice is None or mailing is None or notice.state == State.WITHDRAWN:
            return None
        text = self._text(mailing, notice.code)
        return CheckedMessage(mailing.kind, mailing.subject, mailing.made_at, text, notice.code, mailing.fields)

    def recipient_of(self, code: str) -> tuple[str, str, int] | None:
        """(kind, poll, index) of a notice by its code, for whoever acts on the code; None for none of ours."""
        with self._sessions.reading() as session:
            notice = store.notice_by_code(session, code)
            mailing = store.mailing(session, notice.mailing_id) if notice is not None else None
        if notice is None or mailing is None or notice.lender_index is None:
            return None
        return mailing.kind, mailing.subject, notice.lender_index

    def not_reached(self, mailing_id: str) -> Iterator[tuple[int | None, str, str]]:
        """(index, state, reason) of those who were not reached, or whose letter waits for the post."""
        for row in self._rows_in(mailing_id, (State.UNREACHED, State.UNCONFIRMED, State.TO_POST)):
            yield row.lender_index, row.state, row.reason

    def letters(self, mailing_id: str) -> Iterator[Letter]:
        """The letters that wait for the post. Raises: NoticeUnknown."""
        with self._sessions.reading() as session:
            mailing = store.mailing(session, mailing_id)
        if mailing is None:
            raise NoticeUnknown
        template = template_of(mailing.kind)
        for row in self._letter_rows(mailing_id):
            with self._sessions.reading() as session:
                found = store.contact(session, mailing.case_id, row.person)
            if found is not None:
                contact, link = self.seal.open_contact(mailing.case_id, row.person, found.sealed), link_of(self._site, row.code)
                values = {**mailing.fields, "word": contact.word or NO_WORD["zh"], "link": link}
                said = template.say(values, "zh"), template.say(values, "en")
                yield Letter(row.id, contact.name, contact.post, said[0], said[1], link)

    def mark_posted(self, mailing_id: str, last: str) -> int:
        """The letters up to and with this one went to the post: their end. How many; those after it, or not printed yet, wait on.

        Raises: LetterNotWaiting.
        """
        now = self._clock.now()
        rows: list[store.NoticeRow] = []
        for row in self._letter_rows(mailing_id):
            rows.append(row)
            if row.id == last:
                break
        else:
            raise LetterNotWaiting
        with self._sessions.begin() as session:
            moves = [
                {
                    "b_id": row.id, "step": row.step, "state": State.POSTED, "due_at": now, "channel": Channel.LETTER, "reason": "",
                    "ended_at": now,
                }
                for row in rows
            ]  # fmt: skip
            store.move_notices(session, moves)
        return len(rows)

    def count_strange(self) -> dict[str, int]:
        """How many reports changed nothing, by reason."""
        with self._sessions.reading() as session:
            return store.count_strange(session)

    def seconds_needed(self, lenders: int) -> int:
        """How long notices to so many take; a challenge period is no shorter."""
        return hours.seconds_needed(lenders, sum(line.per_second for line in self.lines if line.gateway.channel == Channel.SMS))

    # --- inside --------------------------------------------------------------------------------------------------------------------

    def _rows_in(self, mailing_id: str, states: Sequence[State]) -> Iterator[store.NoticeRow]:
        def page(after: str, limit: int) -> Sequence[store.NoticeRow]:
            with self._sessions.reading() as session:
                return store.in_state(session, mailing_id, states, after, limit)

        return store.pages_of(page)

    def _letter_rows(self, mailing_id: str) -> Iterator[store.NoticeRow]:
        """Letters that wait, in the order in which they came: a later one never comes before one that was printed."""
        after: store.NoticeRow | None = None
        while True:
            with self._sessions.reading() as session:
                page = store.to_post(session, mailing_id, after)
            yield from page
            if not page:
                return
            after = page[-1]

    def _text(self, mailing: store.MailingRow, code: str) -> str:
        """The message without the person's own word, which only that person sees."""
        values = {**mailing.fields, "word": "••••", "link": link_of(self._site, code)}
        return template_of(mailing.kind).say(values, "zh")

    def _mailing_view(self, row: store.MailingRow, counts: Mapping[str, int]) -> MailingView:
        root = to_hex(row.root) if row.root is not None else ""
        transaction = self.closing.transaction(row)
        return MailingView(
            row.id, row.number, row.case_id, row.subject, row.kind, row.made_at, row.ends_at, row.closed_at, root, transaction, counts
        )

    def _notice_view(self, mailing: store.MailingRow, notice: store.NoticeRow, attempts: Sequence[store.AttemptRow]) -> NoticeView:
        shown = [AttemptView(one.channel, one.provider, one.state, one.made_at) for one in attempts]
        root = to_hex(mailing.root) if mailing.root is not None else ""
        proof: list[tuple[bool, str]] = []
        if root and notice.state not in UNENDED:
            proof = [(left, to_hex(sibling)) for left, sibling in self.closing.proved(mailing).proof(notice.id)]
        return NoticeView(
            notice.id, mailing.kind, notice.code, notice.state, notice.channel, mailing.made_at, notice.ended_at, shown,
            self._text(mailing, notice.code), to_hex(mailing.template_hash), root, self.closing.transaction(mailing), proof,
        )  # fmt: skip
