"""Plans: drafted and submitted by the institution, returned or admitted by the officials."""

from __future__ import annotations

import json
import logging
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, SignedAct, Stage
from backend.case.plans import rules, store
from backend.case.plans.changes import PlanChanges, changes_between
from backend.case.plans.contradictions import Contradiction, contradictions
from backend.case.plans.errors import (
    AdmissionUnderway,
    AnotherPlanWaiting,
    PlanNotInStage,
    PlanNotPublic,
    PlanSignatureWrong,
    PlanUnknown,
    VersionTaken,
)
from backend.case.plans.paper import plan_paper
from backend.case.plans.pdf import check_pdf_apart
from backend.case.plans.stages import ADMISSION, STAGES
from backend.case.plans.views import PlanStatus, PlanView
from backend.ground.chain import typed_data
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.errors import OutcomeAwaited, TransactionReverted, why_awaited
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import TypedData
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import LenderVoteError, NotAllowed, Unavailable
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import INSTITUTION, Visitor

log = logging.getLogger(__name__)


class PlanService:
    """Keeps plans exactly as hashed and carries them to the chain."""

    def __init__(self, sessions: Sessions, chain: Chain, cases: CaseService, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._clock = clock or SystemClock()

    def draft_plan(self, case_id: str, plan_json: str, pdf: bytes | None, visitor: Visitor) -> PlanView:
        """Check a plan and its PDF and keep them as the case's next version; without a PDF, one is set from the text.

        Raises: CaseUnknown, NotInstitutionOfCase, what `rules.read_plan` and `check_pdf` raise, VersionTaken, FontsMissing.
        """
        self._cases.require_institution(case_id, visitor)
        text = rules.read_plan(plan_json)
        now = self._clock.now()
        if pdf is None:
            pdf = plan_paper(text, now)
        check_pdf_apart(pdf)
        address = self._cases.get_case(case_id).address
        try:
            with self._sessions.begin() as session:
                version = store.next_version(session, case_id)
                content = rules.plan_object(text, address, version, pdf)
                canonical, plan_hash = rules.plan_bytes_and_hash(content)
                row = store.PlanRow(
                    id=new_id(), case_id=case_id, version=version, title=text.title, canonical=canonical, plan_hash=plan_hash,
                    status=PlanStatus.DRAFT, drafted_at=now,
                )  # fmt: skip
                store.add(session, row, pdf)
        except IntegrityError as error:
            raise VersionTaken from error
        return _view(row)

    def submission_typed(self, plan: PlanView) -> TypedData:
        """What the institution signs to submit this draft: its hash and the next plan number of the case."""
        case = self._cases.get_case(plan.case_id)
        number = plan.plan_number if plan.plan_number is not None else self._chain.case(case.address).plan_count()
        return typed_data.plan_submission(self._chain.chain_id, case.address, number, plan.plan_hash).under(case.salt)

    def submit_plan(self, plan_id: str, signature: bytes, visitor: Visitor) -> PlanView:
        """Take the institution's signature and carry the plan to the chain; calling again finishes an interrupted submission.

        Raises: PlanUnknown, NotInstitutionOfCase, PlanNotInStage, AnotherPlanWaiting, PlanSignatureWrong, OutcomeAwaited.
        """
        plan = self.get_plan(plan_id)
        institution = self._cases.require_institution(plan.case_id, visitor)
        if plan.status not in {PlanStatus.DRAFT, PlanStatus.SUBMITTING}:
            raise PlanNotInStage(status=plan.status)
        if plan.status == PlanStatus.DRAFT:
            typed = self.submission_typed(plan)
            if not self._cases.is_signed(institution.signer, typed.digest(), signature):
                raise PlanSignatureWrong
            self._note_submission(plan, int(str(typed.message["planNumber"])), signature)
        try:
            self._send_submission(plan_id)
        except Unavailable as error:
            raise OutcomeAwaited(**why_awaited(error)) from error
        return self.get_plan(plan_id)

    def resume_submissions(self) -> int:
        """Finish submissions whose outcome was missed, by what the chain says; how many were done."""
        done = 0
        with self._sessions.reading() as session:
            waiting = [(row.id, _submission_key(row)) for row in store.plans_in(session, PlanStatus.SUBMITTING)]
        for plan_id, key in waiting:
            if self._chain.record.is_on_its_way(key):
                continue  # the outbox has it in hand
            try:
                self._send_submission(plan_id)
            except LenderVoteError as error:
                log.warning("plan %s is not submitted yet: %s", plan_id, error.code)
            else:
                done += 1
        return done

    def return_plan(self, plan_id: str, reasons: str, visitor: Visitor) -> PlanView:
        """Give a submitted plan back with reasons.

        Raises: PlanUnknown, NotOfficialOfCase, ReasonsMissing, TextNotPlain, PlanNotInStage, AdmissionUnderway.
        """
        plan = self.get_plan(plan_id)
        official = self._cases.require_official(plan.case_id, visitor)
        reasons = rules.read_reasons(reasons)
        if plan.plan_number is not None and self._cases.has_waiting_act(plan.case_id, ADMISSION, plan.plan_number):
            raise AdmissionUnderway
        with self._sessions.begin() as session:
            row = _known(store.plan_by_id(session, plan_id, hold=True))
            if row.status != PlanStatus.SUBMITTED:
                raise PlanNotInStage(status=row.status)
            row.status, row.reasons, row.returned_by, row.returned_at = PlanStatus.RETURNED, reasons, official.name, self._clock.now()
            return _view(row)

    def propose_admission(self, plan_id: str, visitor: Visitor) -> ActView:
        """Lay the plan's admission before the officials. Raises: PlanUnknown, NotOfficialOfCase, PlanNotInStage, AnotherActOpen."""
        plan = self.get_plan(plan_id)
        self._cases.require_official(plan.case_id, visitor)
        if plan.status != PlanStatus.SUBMITTED or plan.plan_number is None:
            raise PlanNotInStage(status=plan.status)
        address = self._cases.get_case(plan.case_id).address
        typed = typed_data.plan_admission(self._chain.chain_id, address, plan.plan_number, plan.plan_hash)
        summary = {
            "plan_id": plan.id,
            "title": plan.title,
            "version": plan.version,
            "plan_number": plan.plan_number,
            "plan_hash": to_hex(plan.plan_hash),
        }
        return self._cases.propose_act(plan.case_id, ADMISSION, typed, {"plan_id": plan.id}, summary)

    def complete_admission(self, act: SignedAct) -> None:
        """Carry a signed admission to the chain and record it; the handler of acts of the kind `ADMISSION`."""
        plan = self.get_plan(act.payload["plan_id"])
        # A plan that was returned in between must not be admitted by older signatures.
        if plan.status not in {PlanStatus.SUBMITTED, PlanStatus.ADMITTED}:
            raise PlanNotInStage(status=plan.status)
        case = self._chain.case(act.case_address)
        call = case.admit_plan(act.number, act.signers, act.signatures)

        def is_admitted() -> bool:
            there = case.plan(act.number)
            return there.admitted and there.plan_hash == plan.plan_hash

        if is_admitted():
            self._chain.copies.watch(call, act.key)
        else:
            transact_unless(self._chain, is_admitted, call, act.key)
        with self._sessions.begin() as session:
            row = _known(store.plan_by_id(session, plan.id, hold=True))
            row.status, row.admitted_at = PlanStatus.ADMITTED, row.admitted_at or self._clock.now()

    def get_plan(self, plan_id: str) -> PlanView:
        """The plan of that id, for other rooms. Raises: PlanUnknown."""
        with self._sessions.reading() as session:
            return _view(_known(store.plan_by_id(session, plan_id)))

    def show_plan(self, plan_id: str, visitor: Visitor | None) -> PlanView:
        """The plan, if this visitor may see it: admitted ones are public, drafts are the institution's own.

        Raises: PlanUnknown, PlanNotPublic.
        """
        plan = self.get_plan(plan_id)
        if not self._may_see(plan, visitor):
            raise PlanNotPublic
        return plan

    def list_plans(self, case_id: str, visitor: Visitor | None) -> list[PlanView]:
        """The case's plans that this visitor may see, newest version first. Raises: CaseUnknown."""
        self._cases.get_case(case_id)
        return [plan for plan in self._plans_of(case_id) if self._may_see(plan, visitor)]

    def changes(self, plan_id: str, since_id: str, visitor: Visitor | None) -> PlanChanges:
        """What tells a plan from an earlier one of its case; the visitor may see both. Raises: PlanUnknown, PlanNotPublic."""
        after, before = self.show_plan(plan_id, visitor), self.show_plan(since_id, visitor)
        if before.case_id != after.case_id:
            raise PlanUnknown
        return changes_between(before.content, after.content)

    def contradictions(self, plan_id: str, visitor: Visitor) -> list[Contradiction]:
        """Sentences that say otherwise than the ladder, for the case's own people. Raises: PlanUnknown, NotPartOfCase, PlanNotPublic."""
        plan = self.show_plan(plan_id, visitor)
        self._cases.require_member(plan.case_id, visitor)
        ladder = tuple(rules.PayoutStep(step["months"], step["ratio_bps"]) for step in plan.content["ladder"])
        return contradictions(plan.content["parts"], ladder)

    def plan_bytes(self, plan_id: str) -> bytes:
        """The canonical JSON, exactly as hashed. Raises: PlanUnknown."""
        with self._sessions.reading() as session:
            return _known(store.plan_by_id(session, plan_id)).canonical

    def pdf_bytes(self, plan_id: str) -> bytes:
        """The PDF, byte for byte. Raises: PlanUnknown."""
        with self._sessions.reading() as session:
            pdf = store.pdf_of(session, plan_id)
        if pdf is None:
            raise PlanUnknown
        return pdf

    def stage(self, case: CaseView) -> Stage | None:
        """What the case waits for in this room; None once a plan is admitted (a stage provider of the case room)."""
        plans = self._plans_of(case.id)
        if not plans:
            return STAGES[""]
        newest = plans[0]
        # A draft beside an admitted plan is the institution's affair; a submitted one waits for the officials.
        if any(plan.status == PlanStatus.ADMITTED for plan in plans) and newest.status in {PlanStatus.ADMITTED, PlanStatus.DRAFT}:
            return None
        return STAGES[newest.status]

    def numbers(self, case_id: str) -> set[int]:
        """The numbers, by the chain, of plans that are known here as submitted."""
        known = self._plans_of(case_id)
        return {plan.plan_number for plan in known if plan.plan_number is not None}

    def submitting_numbers(self, case_id: str) -> set[int]:
        """Those of them that are on their way to the chain."""
        return {
            plan.plan_number for plan in self._plans_of(case_id) if plan.status == PlanStatus.SUBMITTING and plan.plan_number is not None
        }

    def admitted_numbers(self, case_id: str) -> set[int]:
        """Those of them that are known here as admitted."""
        return {plan.plan_number for plan in self._plans_of(case_id) if plan.status == PlanStatus.ADMITTED and plan.plan_number is not None}

    def _plans_of(self, case_id: str) -> list[PlanView]:
        with self._sessions.reading() as session:
            return [_view(row) for row in store.plans_of_case(session, case_id)]

    def _may_see(self, plan: PlanView, visitor: Visitor | None) -> bool:
        if plan.status == PlanStatus.ADMITTED:
            return True
        if visitor is None:
            return False
        try:
            self._cases.require_member(plan.case_id, visitor)
        except NotAllowed:
            return False
        return plan.status not in {PlanStatus.DRAFT, PlanStatus.SUBMITTING} or visitor.role == INSTITUTION

    def _note_submission(self, plan: PlanView, number: int, signature: bytes) -> None:
        """Write down what will be sent before it is sent, so that an interruption cannot lose it."""
        try:
            with self._sessions.begin() as session:
                row = _known(store.plan_by_id(session, plan.id, hold=True))
                _check_alone(session, row)
                row.status, row.plan_number, row.submission_signature = PlanStatus.SUBMITTING, number, signature
        except IntegrityError as error:
            raise AnotherPlanWaiting(version="?") from error

    def _send_submission(self, plan_id: str) -> None:
        with self._sessions.reading() as session:
            row = _known(store.plan_by_id(session, plan_id))
            number, plan_hash, signature = row.plan_number, row.plan_hash, row.submission_signature
        if number is None or signature is None:
            raise PlanNotInStage(status=row.status)
        case = self._chain.case(self._cases.get_case(row.case_id).address)

        def is_there() -> bool:
            return case.plan_count() > number and case.plan(number).plan_hash == plan_hash

        try:
            transact_unless(self._chain, is_there, case.submit_plan(plan_hash, signature), _submission_key(row))
        except TransactionReverted:
            self._take_back_submission(plan_id)
            raise
        with self._sessions.begin() as session:
            row = _known(store.plan_by_id(session, plan_id, hold=True))
            if row.status == PlanStatus.SUBMITTING:
                row.status, row.submitted_at = PlanStatus.SUBMITTED, self._clock.now()

    def _take_back_submission(self, plan_id: str) -> None:
        with self._sessions.begin() as session:
            row = _known(store.plan_by_id(session, plan_id, hold=True))
            if row.status == PlanStatus.SUBMITTING:
                row.status, row.plan_number, row.submission_signature = PlanStatus.DRAFT, None, None


def _check_alone(session: Session, row: store.PlanRow) -> None:
    if row.status != PlanStatus.DRAFT:
        raise PlanNotInStage(status=row.status)
    for other in store.plans_of_case(session, row.case_id):
        if other.id != row.id and other.status in {PlanStatus.SUBMITTING, PlanStatus.SUBMITTED}:
            raise AnotherPlanWaiting(version=other.version)


def _known(row: store.PlanRow | None) -> store.PlanRow:
    if row is None:
        raise PlanUnknown
    return row


def _submission_key(row: store.PlanRow) -> str:
    return f"plan/{row.id}/submission/{row.plan_number}"


def _view(row: store.PlanRow) -> PlanView:
    content: dict[str, Any] = json.loads(row.canonical)
    return PlanView(
        id=row.id, case_id=row.case_id, version=row.version, title=row.title, content=content, plan_hash=row.plan_hash,
        plan_number=row.plan_number, status=PlanStatus(row.status), reasons=row.reasons, returned_by=row.returned_by,
        drafted_at=row.drafted_at, submitted_at=row.submitted_at, admitted_at=row.admitted_at,
    )  # fmt: skip
