"""Follows every poll and has those told whom it concerns; takes contests of ballots that were recorded for somebody who cast none."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from backend.case.cases.service import CaseService
from backend.case.register.addressees import Addressee
from backend.case.register.service import RegisterService
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Stage
from backend.ground.common.clock import Clock, SystemClock, from_unix
from backend.ground.common.errors import LenderVoteError, NotAllowed
from backend.ground.common.rounds import Rounds, raised_at_the_end
from backend.ground.common.settings import Settings
from backend.ground.common.voting import LEAST_SHOWN
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.people.notices.errors import NoticeUnknown, NumberNotReadable
from backend.people.notices.numbers import NumberChange
from backend.people.notices.rules.ways import Contact, canonical_number
from backend.people.notices.service import MailingView, NoticeService, NoticeView, Recipient
from backend.vote.complaints.service import ComplaintService
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.tidings import rules, store
from backend.vote.tidings.errors import ContestCodeWrong, ContestNotUnderstood

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
ANSWER_DAYS = 14
_DECIDED = frozenset({Stage.APPROVED, Stage.REFUSED})


@dataclass(frozen=True)
class Contested:
    """A contest that was taken: about which poll."""

    poll_id: str
    index: int


class TidingsService:
    """One per installation makes notices; every process answers questions."""

    def __init__(
        self, sessions: Sessions, chain: Chain, cases: CaseService, register: RegisterService, polls: PollService,
        complaints: ComplaintService, notices: NoticeService, settings: Settings, clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._register = register
        self._polls = polls
        self._complaints = complaints
        self._notices = notices
        self._alarms = settings.alarms_address.lower()
        self._clock = clock or SystemClock()
        self._over: set[str] = set()
        notices.post.ask_before("reminder", self._still_without)
        notices.post.ask_before("no_ballot", self._still_without)

    def rounds(self) -> Rounds:
        """Looks at the polls."""
        return Rounds(name="tidings", work=self.run_once, every_seconds=TICK_SECONDS, first_seconds=TICK_SECONDS)

    def run_once(self) -> None:
        """Have told whoever is due to be told now. Raises: what the first poll was not looked at by, after all others were."""
        with raised_at_the_end() as failures, self._sessions.alone("tidings") as mine:
            if not mine:
                return  # another backend on the same database does it
            for poll in self._polls.list_polls():
                if poll.id in self._over:
                    continue
                try:
                    self._look(poll)
                except LenderVoteError as error:
                    log.warning("nobody is told of poll %s in this round: %s", poll.id, error)
                    failures.append(error)

    # --- what is due ---------------------------------------------------------------------------------------------------------------

    def _look(self, poll: PollView) -> None:
        now, stage = self._chain.chain_time(), self._polls.stage(poll.id)
        if not self._is_followed(poll, stage):
            self._over.add(poll.id)  # decided before anybody was told of anything
            return
        terms = poll.parameters
        if now < terms.closes_at:
            self._queue(poll, "poll_announced", "announced", self._everybody(poll), terms.closes_at)
            remind = rules.reminder_at(terms.opens_at, terms.closes_at)
            if remind is not None and now >= remind:
                self._queue(poll, "reminder", "reminder", self._without_ballot(poll), terms.closes_at)
        if now >= terms.opens_at:
            whole = self._tell_of_ballots(poll, now)
            if whole and now >= terms.closes_at and stage is not Stage.ABANDONED:
                until = terms.closes_at + terms.challenge_seconds
                self._queue(poll, "no_ballot", "no-ballot", self._without_ballot(poll), until)
            self._tell_of_answers(poll, now)
        if stage in _DECIDED:
            self._queue(poll, "result", "result", self._everybody(poll), now + rules.RESULT_SECONDS)
            self._over.add(poll.id)

    def _is_followed(self, poll: PollView, stage: Stage) -> bool:
        """Polls that were decided before this part of the service was there stay as they are."""
        with self._sessions.reading() as session:
            if store.cursor(session, poll.id) is not None:
                return True
        if stage in _DECIDED or stage is Stage.ABANDONED:
            return False
        with self._sessions.begin() as session:
            store.begin(session, poll.id, -1, self._clock.now())
            store.done(session, poll.id, self._clock.now())
        return True

    def _tell_of_ballots(self, poll: PollView, now: int) -> bool:
        """Every ballot in a final block; whether all that there can be are told of."""
        self._chain.follow(poll.address)
        confirmed = self._chain.confirmed_block()
        closed = now >= poll.parameters.closes_at
        with self._sessions.reading() as session:
            row = store.cursor(session, poll.id)
        assert row is not None, "it is followed"
        pause = timedelta(seconds=rules.gathered_seconds(poll.parameters.opens_at, poll.parameters.closes_at))
        if row.to_block is None and (confirmed < row.next_block or (self._clock.now() < row.gathered_at + pause and not closed)):
            return closed and self._is_past_the_close(poll, row.next_block - 1)
        with self._sessions.begin() as session:
            row = store.begin(session, poll.id, confirmed, self._clock.now())
        assert row.to_block is not None, "it was begun"
        found = [index for block, index in self._recorded(poll) if row.next_block <= block <= row.to_block]
        for turn, indexes in enumerate(rules.in_turns(found)):
            key = f"ballots-{row.next_block}-{row.to_block}-{turn}"
            until = poll.parameters.closes_at + poll.parameters.challenge_seconds
            self._queue(poll, "ballot_recorded", key, self._at(poll, indexes), until)
        with self._sessions.begin() as session:
            store.done(session, poll.id, self._clock.now())
        return closed and self._is_past_the_close(poll, row.to_block)

    def _is_past_the_close(self, poll: PollView, block: int) -> bool:
        return block >= 0 and self._chain.block(block).timestamp >= poll.parameters.closes_at

    def _tell_of_answers(self, poll: PollView, now: int) -> None:
        for complaint_id, index in self._complaints.answered(poll.id):
            ends = now + ANSWER_DAYS * 86_400
            self._queue(poll, "objection_answered", f"answer-{complaint_id}", self._at(poll, [index]), ends)

    def _queue(self, poll: PollView, kind: str, key: str, recipients: Iterator[Recipient], ends_at: int) -> None:
        """Once for each key. The mailing's end is by this machine's clock, which sends; the chain's may have been moved in a rehearsal."""
        whole_key = f"{poll.id}/{key}"
        if self._notices.is_queued(whole_key):
            return
        left = max(ends_at - self._chain.chain_time(), 3600)
        ends = self._clock.now() + timedelta(seconds=left)
        self._notices.queue(whole_key, kind, poll.case_id, poll.id, self._fields(poll, kind), recipients, ends_at=ends)

    def _fields(self, poll: PollView, kind: str) -> dict[str, str]:
        terms = poll.parameters
        all_fields = {
            "poll": rules.short_title(poll.title),
            "opens": rules.say_moment(from_unix(terms.opens_at)),
            "closes": rules.say_moment(from_unix(terms.closes_at)),
            "until": rules.say_moment(from_unix(terms.closes_at + terms.challenge_seconds)),
            "at": rules.say_moment(from_unix(self._chain.chain_time())),
        }
        wanted = {"poll_announced": ("poll", "opens", "closes"), "reminder": ("poll", "closes"), "no_ballot": ("poll", "until")}
        wanted |= {"ballot_recorded": ("poll", "at")}
        return {name: all_fields[name] for name in wanted.get(kind, ("poll",))}

    # --- whom it concerns ----------------------------------------------------------------------------------------------------------

    def _everybody(self, poll: PollView) -> Iterator[Recipient]:
        return (_recipient(one) for one in self._register.addressees.of_register(poll.case_id, poll.register_number))

    def _at(self, poll: PollView, indexes: Sequence[int]) -> Iterator[Recipient]:
        return (_recipient(one) for one in self._register.addressees.at(poll.case_id, poll.register_number, indexes))

    def _without_ballot(self, poll: PollView) -> Iterator[Recipient]:
        # A generator, so that nothing is read where the notice is queued already.
        voted = {index for _, index in self._recorded(poll)}
        yield from (one for one in self._everybody(poll) if one.lender_index not in voted)

    def _recorded(self, poll: PollView) -> Iterator[tuple[int, int]]:
        """(block, index) of every ballot recorded in a final block, in the chain's order."""
        after = 0
        while page := self._chain.events(poll.address, "BallotsRecorded", after):
            after = page[-1].id
            for event in page:
                for index, _, _ in recorded_ballots(event):
                    yield event.block, index

    def _still_without(self, poll_id: str, indexes: Sequence[int]) -> set[int]:
        """Of lenders who get a notice that they have no ballot, those who have none, by the newest block."""
        poll = self._polls.get_poll(poll_id)
        voted: set[int] = set()
        after = 0
        while page := self._chain.events(poll.address, "BallotsRecorded", after, confirmed=False):
            after = page[-1].id
            voted |= {index for event in page for index, _, _ in recorded_ballots(event)}
        return set(indexes) - voted

    # --- questions and contests ----------------------------------------------------------------------------------------------------

    def own(self, poll_id: str, visitor: Visitor) -> list[NoticeView]:
        """What the signed-in lender was told about the poll. Raises: PollUnknown, NotAllowed for a lender of another poll."""
        self._polls.get_poll(poll_id)
        if visitor.poll_id != poll_id or visitor.lender_index is None:
            raise NotAllowed
        return self._notices.of_lender(poll_id, visitor.lender_index)

    def of_poll(self, poll_id: str, visitor: Visitor | None = None) -> list[MailingView]:
        """A poll's notices in numbers; to few people only for the case's officials, or everybody would read one person's state.

        Raises: PollUnknown.
        """
        case = self._cases.get_case(self._polls.get_poll(poll_id).case_id)
        sees_all = visitor is not None and any(one.official_of(visitor.account_id) for one in case.served)
        return [one for one in self._notices.mailings(subject=poll_id) if sees_all or one.total >= LEAST_SHOWN]

    def mailing_for(self, mailing_id: str, visitor: Visitor) -> MailingView:
        """A notice to many, for the case's officials. Raises: NoticeUnknown, NotOfficialOfCase."""
        found = self._notices.mailing(mailing_id)
        self._cases.require_official(found.case_id, visitor)
        return found

    def propose_number(self, poll_id: str, index: int, number: str, visitor: Visitor) -> NumberChange:
        """An official who saw the document asks to change a lender's number.

        Raises: PollUnknown, NotOfficialOfCase, LeafUnknown, NumberNotReadable, NumberServedByNobody, ChangeUnderway.
        """
        poll = self._polls.get_poll(poll_id)
        self._cases.require_official(poll.case_id, visitor)
        return self._notices.numbers.propose(poll.case_id, self._recipient_at(poll, index), number, visitor)

    def confirm_number(self, poll_id: str, change_id: str, visitor: Visitor) -> NumberChange:
        """A second official who saw it, too. Raises: PollUnknown, NotOfficialOfCase, NoticeUnknown, ChangeNotOpen, ChangeByOneOfficial."""
        poll = self._change_of(poll_id, change_id, visitor)
        _, index = self._notices.numbers.case_of(change_id)
        return self._notices.numbers.confirm(change_id, self._recipient_at(poll, index), visitor)

    def withdraw_number(self, poll_id: str, change_id: str, visitor: Visitor) -> NumberChange:
        """An official takes the change back. Raises: PollUnknown, NotOfficialOfCase, NoticeUnknown, ChangeNotOpen."""
        self._change_of(poll_id, change_id, visitor)
        return self._notices.numbers.withdraw(change_id)

    def numbers(self, poll_id: str, visitor: Visitor) -> list[NumberChange]:
        """Changes of numbers in the poll's case, for its officials. Raises: PollUnknown, NotOfficialOfCase."""
        case_id = self._polls.get_poll(poll_id).case_id
        self._cases.require_official(case_id, visitor)
        return self._notices.numbers.of_case(case_id)

    def choose_word(self, poll_id: str, word: str, visitor: Visitor) -> None:
        """The signed-in lender's word for our messages. Raises: PollUnknown, NotAllowed, WordNotUsable."""
        poll = self._polls.get_poll(poll_id)
        if visitor.poll_id != poll_id or visitor.lender_index is None:
            raise NotAllowed
        self._notices.choose_word(poll.case_id, self._recipient_at(poll, visitor.lender_index), word)

    def _change_of(self, poll_id: str, change_id: str, visitor: Visitor) -> PollView:
        poll = self._polls.get_poll(poll_id)
        self._cases.require_official(poll.case_id, visitor)
        if self._notices.numbers.case_of(change_id)[0] != poll.case_id:
            raise NoticeUnknown
        return poll

    def _recipient_at(self, poll: PollView, index: int) -> Recipient:
        self._register.leaf(poll.case_id, poll.register_number, index)
        return next(self._at(poll, [index]))

    def contest(self, code: str, address: str) -> Contested:
        """Take the word of whoever got a notice that a ballot was recorded. Raises: ContestCodeWrong, ChecksMany, ComplaintOutOfTime."""
        self._notices.misses.check(address)
        found = self._notices.recipient_of(code)
        if found is None or found[0] != "ballot_recorded":
            self._notices.misses.note(address)
            raise ContestCodeWrong
        _, poll_id, index = found
        self._complaints.contest(poll_id, index)
        return Contested(poll_id, index)

    def take_contested(self, poll_id: str, content: str, signature: bytes) -> int:
        """Take the alarms' list of contested ballots in; how many are contested now.

        Raises: PollUnknown, ContestNotUnderstood without the alarms' signature or about something else, ComplaintOutOfTime.
        """
        poll = self._polls.get_poll(poll_id)
        try:
            signer = self._chain.recover(rules.contested_digest(content.encode()), signature).lower()
        except SignatureNotReadable as error:
            raise ContestNotUnderstood from error
        if not self._alarms or signer != self._alarms:
            raise ContestNotUnderstood
        known = set(self._complaints.contested(poll_id))
        for index in rules.read_contested(content, self._chain.chain_id, poll.address, poll.leaf_count):
            if index not in known:
                self._complaints.contest(poll_id, index)
        return len(self._complaints.contested(poll_id))


def _recipient(one: Addressee) -> Recipient:
    numbers = []
    for number in one.numbers:
        try:
            numbers.append(canonical_number(number))
        except NumberNotReadable:
            continue  # kept in the register; no gateway takes it
    return Recipient(one.identity, one.index, Contact(tuple(dict.fromkeys(numbers)), name=one.name))
