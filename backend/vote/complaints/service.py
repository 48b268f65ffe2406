"""Files complaints, shows them to those whom they concern, and takes the officials' answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from backend.case.cases.service import CaseService
from backend.case.cases.views import OfficialView
from backend.case.register.service import RegisterService
from backend.ground.chain.values import Stage
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import NotAllowed
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.vote.ballots.receipts import Receipt
from backend.vote.ballots.service import BallotService
from backend.vote.complaints import rules, store
from backend.vote.complaints.errors import ComplaintClosed, ComplaintOutOfTime, ComplaintUnknown
from backend.vote.complaints.store import ComplaintStatus
from backend.vote.polls.service import PollService


@dataclass(frozen=True, kw_only=True)
class ComplaintView:
    """One complaint; `name_masked` as officials compare it with a document, `answer` empty while it waits."""

    id: str
    poll_id: str
    index: int
    name_masked: str
    kind: str
    receipt_number: str
    text: str = field(repr=False)
    status: ComplaintStatus
    filed_at: datetime
    answer: str = field(repr=False)
    answered_by: str | None
    answered_at: datetime | None


class ComplaintService:
    """From the opening of a poll to its decision."""

    def __init__(
        self,
        sessions: Sessions,
        cipher: FieldCipher,
        cases: CaseService,
        register: RegisterService,
        polls: PollService,
        ballots: BallotService,
        clock: Clock | None = None,
    ) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._cases = cases
        self._register = register
        self._polls = polls
        self._ballots = ballots
        self._clock = clock or SystemClock()

    def file(self, poll_id: str, kind: str, receipt_number: str, text: str, visitor: Visitor) -> ComplaintView:
        """Take a lender's complaint.

        Raises: PollUnknown, NotAllowed for a lender of another poll, ComplaintKindUnknown, ComplaintTextMissing,
        ComplaintOutOfTime, ComplaintsMany.
        """
        index = self._lender(poll_id, visitor)
        rules.check_kind(kind)
        clean = rules.read_text(text)
        if not Stage.OPEN <= self._polls.stage(poll_id) <= Stage.TALLIED:
            raise ComplaintOutOfTime
        complaint_id = new_id()
        row = store.ComplaintRow(
            id=complaint_id, poll_id=poll_id, lender_index=index, kind=kind, receipt_number=receipt_number.strip()[:64],
            text_sealed=self._cipher.seal_text(clean, _place(complaint_id, "text")), status=ComplaintStatus.WAITING,
            filed_at=self._clock.now(),
        )  # fmt: skip
        with self._sessions.begin() as session:
            rules.check_waiting(store.waiting_of(session, poll_id, index))
            store.add(session, row)
        return self._view(row)

    def contest(self, poll_id: str, index: int) -> ComplaintView:
        """Take the word of whoever was told of a ballot and cast none; a second one by the same lender changes nothing.

        The caller knows whose word it is: by a code that went to that lender alone, or by the alarms' signature.
        Raises: PollUnknown, ComplaintOutOfTime.
        """
        if not Stage.OPEN <= self._polls.stage(poll_id) <= Stage.TALLIED:
            raise ComplaintOutOfTime
        complaint_id = new_id()
        row = store.ComplaintRow(
            id=complaint_id, poll_id=poll_id, lender_index=index, kind=rules.CONTEST, receipt_number="",
            text_sealed=self._cipher.seal_text(rules.CONTEST_TEXT, _place(complaint_id, "text")), status=ComplaintStatus.WAITING,
            filed_at=self._clock.now(),
        )  # fmt: skip
        with self._sessions.begin() as session:
            known = store.contest_of(session, poll_id, index)
            if known is None:
                store.add(session, row)
        return self._view(known or row)

    def contested(self, poll_id: str) -> list[int]:
        """The indexes whose lenders say that they cast none of what is recorded for them, rising."""
        with self._sessions.reading() as session:
            return store.contested(session, poll_id, rules.CONTEST)

    def answered(self, poll_id: str) -> list[tuple[str, int]]:
        """(id, index) of complaints that were answered, oldest first."""
        with self._sessions.reading() as session:
            rows = store.complaints_of(session, poll_id)
        return [(row.id, row.lender_index) for row in rows if row.status == ComplaintStatus.CLOSED]

    def own(self, poll_id: str, visitor: Visitor) -> list[ComplaintView]:
        """The lender's own complaints, with their answers. Raises: PollUnknown, NotAllowed."""
        index = self._lender(poll_id, visitor)
        with self._sessions.reading() as session:
            return [self._view(row) for row in store.complaints_of(session, poll_id, index)]

    def of_poll(self, poll_id: str, visitor: Visitor) -> list[ComplaintView]:
        """Every complaint about a poll, for its officials. Raises: PollUnknown, NotOfficialOfCase."""
        self._official(poll_id, visitor)
        with self._sessions.reading() as session:
            return [self._view(row) for row in store.complaints_of(session, poll_id)]

    def receipts(self, complaint_id: str, visitor: Visitor) -> list[Receipt]:
        """The receipts of the lender who complains, newest first, for officials who look into it.

        Raises: ComplaintUnknown, NotOfficialOfCase, NodeNotAnswering.
        """
        with self._sessions.reading() as session:
            row = _known(store.complaint_by_id(session, complaint_id))
        self._official(row.poll_id, visitor)
        return self._ballots.own_ballots(row.poll_id, row.lender_index).receipts

    def answer(self, complaint_id: str, answer: str, visitor: Visitor) -> ComplaintView:
        """Answer and close a complaint; the lender reads the answer.

        Raises: ComplaintUnknown, NotOfficialOfCase, ComplaintTextMissing, ComplaintClosed.
        """
        with self._sessions.reading() as session:
            poll_id = _known(store.complaint_by_id(session, complaint_id)).poll_id
        official = self._official(poll_id, visitor)
        sealed = self._cipher.seal_text(rules.read_text(answer), _place(complaint_id, "answer"))
        with self._sessions.begin() as session:
            row = _known(store.complaint_by_id(session, complaint_id, hold=True))
            if row.status == ComplaintStatus.CLOSED:
                raise ComplaintClosed
            row.status, row.answer_sealed, row.answered_by, row.answered_at = (
                ComplaintStatus.CLOSED,
                sealed,
                official.name,
                self._clock.now(),
            )
            return self._view(row)

    def _official(self, poll_id: str, visitor: Visitor) -> OfficialView:
        """Raises: PollUnknown, NotOfficialOfCase, OfficialSucceeded."""
        poll = self._polls.get_poll(poll_id)
        return self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)

    def _lender(self, poll_id: str, visitor: Visitor) -> int:
        self._polls.get_poll(poll_id)
        if visitor.poll_id != poll_id or visitor.lender_index is None:
            raise NotAllowed
        return visitor.lender_index

    def _view(self, row: store.ComplaintRow) -> ComplaintView:
        poll = self._polls.get_poll(row.poll_id)
        answer = "" if row.answer_sealed is None else self._cipher.open_text(row.answer_sealed, _place(row.id, "answer"))
        return ComplaintView(
            id=row.id,
            poll_id=row.poll_id,
            index=row.lender_index,
            name_masked=self._register.leaf(poll.case_id, poll.register_number, row.lender_index).name_masked,
            kind=row.kind,
            receipt_number=row.receipt_number,
            text=self._cipher.open_text(row.text_sealed, _place(row.id, "text")),
            status=ComplaintStatus(row.status),
            filed_at=row.filed_at,
            answer=answer,
            answered_by=row.answered_by,
            answered_at=row.answered_at,
        )


def _place(complaint_id: str, column: str) -> str:
    return f"complaints:{complaint_id}:{column}"


def _known(row: store.ComplaintRow | None) -> store.ComplaintRow:
    if row is None:
        raise ComplaintUnknown
    return row
