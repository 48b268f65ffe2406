"""Polls: announced by the officials, fixed on chain, and read from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, SignedAct, Stage
from backend.case.plans.service import PlanService
from backend.case.plans.views import PlanStatus, PlanView
from backend.case.register.service import RegisterService
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.poll import PollContract
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.service import Chain
from backend.ground.chain.values import PollParameters, parameters_hash
from backend.ground.chain.values import Stage as PollStage
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.common.settings import Settings
from backend.ground.common.voting import FEW_LENDERS, PollKind
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.vote.polls import announced, rules, store, terms
from backend.vote.polls.drafts import Draft, summary_of, to_sign
from backend.vote.polls.errors import (
    MotionsNeedSeal,
    NoRegisterFrozen,
    PlanApprovedAlready,
    PlanNotAdmitted,
    PollUnderway,
    PollUnknown,
)
from backend.vote.polls.reading import view_of
from backend.vote.polls.stages import ANNOUNCEMENT, MISSING, SEALED_STAGES, STAGES
from backend.vote.polls.terms import Announcement, Keys
from backend.vote.polls.views import (
    OtherPoll,
    PollStatus,
    PollView,
    Sealing,
    parameters_json,
    read_parameters,
    sealing_json,
)

_DECIDED = {PollStage.APPROVED, PollStage.REFUSED}
_OVER = {*_DECIDED, PollStage.ABANDONED}
"""Another poll on the same plan may be announced."""


class PollService:
    """Announces polls and tells what they are held to and where they stand."""

    def __init__(
        self,
        sessions: Sessions,
        chain: Chain,
        cases: CaseService,
        plans: PlanService,
        register: RegisterService,
        settings: Settings,
        clock: Clock | None = None,
    ) -> None:
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._plans = plans
        self._register = register
        self._settings = settings
        self._clock = clock or SystemClock()
        self._known: dict[str, PollView] = {}
        self._challenge_ends: dict[str, int] = {}
        self._notices_need: Callable[[int], int] = lambda _lenders: 0

    def hold_challenge_to(self, seconds_needed: Callable[[int], int]) -> None:
        """No challenge period is shorter than the notices to so many lenders need; rehearsals aside."""
        self._notices_need = seconds_needed

    def propose_poll(self, case_id: str, announcement: Announcement, visitor: Visitor) -> ActView:
        """Lay a poll's announcement before the officials; the newest frozen register votes.

        Raises: as `draft`, MotionsNeedSeal, AnotherActOpen.
        """
        draft = self.draft(case_id, announcement, visitor)
        if draft.titles != (draft.plan.title,):
            raise MotionsNeedSeal(motions=len(draft.titles))
        typed = to_sign(draft.case, draft.number, parameters_hash(draft.parameters))
        return self._cases.propose_act(case_id, ANNOUNCEMENT, typed, draft.payload, draft.summary)

    def draft(self, case_id: str, announcement: Announcement, visitor: Visitor) -> Draft:
        """What would be announced, of either kind.

        Raises: NotOfficialOfCase, RuleUnknown, PlanNotAdmitted, PollUnderway, PlanApprovedAlready, NoRegisterFrozen, what
        `terms.check_announcement` and `terms.check_sums` raise.
        """
        self._cases.require_official(case_id, visitor)
        conditions = rules.preset(announcement.rule)
        case = self._cases.get_case(case_id)
        terms.check_announcement(announcement, self._chain.chain_time(), self._least_periods(case), self._keys(case))
        plan = self._admitted_plan(case_id, announcement.plan_id)
        contract = self._chain.case(case.address)
        registers = contract.register_count()
        if registers == 0:
            raise NoRegisterFrozen
        parameters = PollParameters(
            register_number=registers - 1,
            plan_number=plan.plan_number or 0,
            conditions=conditions,
            opens_at=announcement.opens_at,
            closes_at=announcement.closes_at,
            challenge_seconds=announcement.challenge_seconds,
            verifiers=announcement.verifiers,
            receipt_signer=self._chain.relay_address.lower(),
        )
        titles = plan.content.get("motions", [])
        register = self._register.frozen(case_id, parameters.register_number)
        terms.check_sums(len(titles) or 1, len(register.classes))
        if not case.rehearsal:
            terms.check_time_for_notices(announcement.challenge_seconds, self._notices_need(register.leaf_count))
        payload = {"plan_id": plan.id, "rule": announcement.rule, "parameters": parameters_json(parameters)}
        summary = summary_of(announcement, plan, parameters, self._polls_on(case_id, plan.plan_hash))
        small = self._small_classes(case_id, parameters.register_number)
        said = summary | ({"small_classes": small} if small else {})
        return Draft(case, contract.poll_count(), plan, parameters, payload, said)

    def complete_announcement(self, act: SignedAct) -> None:
        """Carry a signed announcement to the chain and keep the poll; the handler of acts of the kind `ANNOUNCEMENT`."""
        if self.is_kept(act):
            return
        parameters = read_parameters(act.payload["parameters"])
        contract = self._chain.case(act.case_address)
        self.announce(act, parameters, contract.announce_poll(parameters, act.signers, act.signatures), parameters_hash(parameters))

    def announce(
        self, act: SignedAct, parameters: PollParameters, call: ContractCall, hashed: bytes, sealing: Sealing | None = None
    ) -> None:
        """Carry a signed announcement of either kind to the chain, unless it is there, and keep the poll; once for each act.

        `hashed` is the hash of all its parameters. Raises: PollOpensTooEarly, NumberTaken, PollElsewhere, PollTellsOtherwise,
        TransactionReverted.
        """
        if self.is_kept(act):
            return
        from_block = 0
        if announced.is_announced(self._chain, act, hashed):
            self._chain.copies.watch(call, act.key)
        else:
            from_block = self._chain.block().number
            # Signing takes days sometimes; lenders still get their notice.
            if not self._chain.record.may_come_of(act.key):  # what was sent in time is judged by the chain alone
                least = self._least_periods(self._cases.get_case(act.case_id))
                terms.check_notice(parameters.opens_at, self._chain.chain_time(), least.notice)
            transact_unless(self._chain, lambda: announced.is_announced(self._chain, act, hashed), call, act.key)
        row = self._row(act, parameters, sealing)
        # From a block that is before it for certain; whoever sent the act, none of the poll's events is missed.
        self._chain.follow(row.address, from_block)
        with self._sessions.begin() as session:
            store.add_poll(session, row)

    def has_gone_out(self, act: SignedAct, hashed: bytes) -> bool:
        """Whether the poll of a signed announcement is kept, on the chain, or may come there yet. Raises: NumberTaken, NodeNotAnswering."""
        return self.is_kept(act) or announced.is_announced(self._chain, act, hashed) or self._chain.record.may_come_of(act.key)

    def is_kept(self, act: SignedAct) -> bool:
        """Whether the poll of this act is stored."""
        with self._sessions.reading() as session:
            return store.poll_of_act(session, act.id) is not None

    def contract(self, poll: PollView) -> PollContract | SealedPollContract:
        """The views and calls that polls of both kinds have."""
        return self._chain.poll_of(poll.address, poll.kind)

    def get_poll(self, poll_id: str) -> PollView:
        """The poll of that id. Raises: PollUnknown."""
        known = self._known.get(poll_id)
        if known is None:
            with self._sessions.reading() as session:
                row = store.poll_by_id(session, poll_id)
            if row is None:
                raise PollUnknown
            known = self._known[poll_id] = view_of(row, self._cases.get_case(row.case_id))
        return known

    def list_polls(self, case_id: str | None = None) -> list[PollView]:
        """Every poll, or those of one case, newest first."""
        with self._sessions.reading() as session:
            rows = store.all_polls(session, case_id)
        return [self._known.get(row.id) or self._known.setdefault(row.id, view_of(row, self._cases.get_case(row.case_id))) for row in rows]

    def running_polls(self) -> list[PollView]:
        """The polls whose window is not over yet. Raises: NodeNotAnswering."""
        now = self._chain.chain_time()
        return [poll for poll in self._every_poll() if now < poll.parameters.closes_at]

    def receipted_polls(self) -> list[PollView]:
        """The polls since protocol 2 for which this installation's key signs receipts, in books that it has to anchor and to close."""
        return [poll for poll in self._every_poll() if poll.protocol > 1 and self.signs_receipts(poll)]

    def signs_receipts(self, poll: PollView) -> bool:
        """Whether this installation's key is the one that the poll names for receipts and tickets."""
        return poll.parameters.receipt_signer.lower() == self._chain.relay_address.lower()

    def sealed_polls(self) -> list[PollView]:
        """The sealed polls, which have to be unsealed and counted."""
        return [poll for poll in self._every_poll() if poll.kind is PollKind.SEALED]

    def _every_poll(self) -> list[PollView]:
        with self._sessions.reading() as session:
            ids = store.poll_ids(session)
        return [self.get_poll(poll_id) for poll_id in ids]

    def stage(self, poll_id: str) -> PollStage:
        """Where the poll stands, by the chain. Raises: PollUnknown, NodeNotAnswering."""
        return self.contract(self.get_poll(poll_id)).stage()

    def boundaries(self) -> list[int]:
        """The times, in seconds since 1970, that the chain's clock has to pass for each poll to go on: opening, close, challenge end.

        Raises: NodeNotAnswering.
        """
        times = []
        for poll in self.list_polls():
            times += [poll.parameters.opens_at, poll.parameters.closes_at]
            if poll.id not in self._challenge_ends:
                ends = self.contract(poll).challenge_ends_at()
                if ends:
                    self._challenge_ends[poll.id] = ends
            times += [self._challenge_ends.get(poll.id, 0)]
        return times

    def status(self, poll_id: str) -> PollStatus:
        """Stage, chain time and the challenge period's end. Raises: PollUnknown, NodeNotAnswering."""
        contract = self.contract(self.get_poll(poll_id))
        stage = contract.stage()
        ends = contract.challenge_ends_at() if stage >= PollStage.TALLIED else None
        return PollStatus(stage, self._chain.chain_time(), ends)

    def other_polls(self, poll_id: str) -> list[OtherPoll]:
        """Other polls of the case on the same plan, oldest first. Raises: PollUnknown, NodeNotAnswering."""
        poll = self.get_poll(poll_id)
        return [other for other in self._polls_on(poll.case_id, poll.plan_hash) if other.id != poll_id]

    def case_stage(self, case: CaseView) -> Stage | None:
        """What the case waits for in this room: its newest poll, or one to be announced (a stage provider of the case room)."""
        polls = self.list_polls(case.id)
        if not polls:
            return MISSING
        stage = self.stage(polls[0].id)
        if stage is PollStage.ABANDONED:
            return MISSING
        if polls[0].kind is PollKind.SEALED and stage in SEALED_STAGES:
            return SEALED_STAGES[stage]
        return None if stage in _DECIDED else STAGES[stage]

    def _admitted_plan(self, case_id: str, plan_id: str) -> PlanView:
        plan = self._plans.get_plan(plan_id)
        if plan.case_id != case_id or plan.status != PlanStatus.ADMITTED or plan.plan_number is None:
            raise PlanNotAdmitted
        for poll in self._polls_on(case_id, plan.plan_hash):
            if poll.stage is PollStage.APPROVED:
                raise PlanApprovedAlready(number=poll.number)
            if poll.stage not in _OVER:
                raise PollUnderway
        return plan

    def _polls_on(self, case_id: str, plan_hash: bytes) -> list[OtherPoll]:
        """The polls of a case on a plan, oldest first, each with its stage by the chain."""
        found = [poll for poll in self.list_polls(case_id) if poll.plan_hash == plan_hash]
        return [OtherPoll(poll.id, poll.number, self.stage(poll.id), poll.parameters.closes_at) for poll in reversed(found)]

    def _small_classes(self, case_id: str, register_number: int) -> list[dict[str, Any]]:
        """Classes whose totals may tell single lenders' amounts and choices: nobody signs for a poll without knowing of them."""
        classes = self._register.frozen(case_id, register_number).classes
        return [{"class_name": each.name, "lenders": each.heads} for each in classes if each.heads < FEW_LENDERS]

    def _least_periods(self, case: CaseView) -> terms.LeastPeriods:
        return terms.least_periods(case, self._settings.minimum_notice_seconds)

    def _keys(self, case: CaseView) -> Keys:
        signers = [one for each in case.served for one in (each.institution.signer, *(official.signer for official in each.officials))]
        return Keys(self._chain.relay_address.lower(), {to_hex(signer) for signer in signers})

    def _row(self, act: SignedAct, parameters: PollParameters, sealing: Sealing | None) -> store.PollRow:
        """The poll as the officials signed it and our own register has it; all that follows goes by these windows, lenders and totals.

        Raises: PollElsewhere, PollTellsOtherwise.
        """
        address = announced.address_of(self._chain, act, self._cases.get_case(act.case_id).protocol)
        plan = self._plans.get_plan(act.payload["plan_id"])
        register = self._register.frozen(act.case_id, parameters.register_number)
        held = announced.held_to(self._chain, address, act, (parameters, register, plan.plan_hash))
        classes = [
            {"name": each.name, "heads": each.heads, "amount_fen": each.amount_fen, "blind": hex(each.blind)} for each in register.classes
        ]
        return store.PollRow(
            id=new_id(),
            act_id=act.id,
            case_id=act.case_id,
            number=act.number,
            address=address,
            plan_id=plan.id,
            plan_hash=plan.plan_hash,
            plan_title=plan.title,
            title=f"{self._cases.get_case(act.case_id).name}：{plan.title}",
            rule=act.payload["rule"],
            parameters=parameters_json(held),
            register_root=register.root,
            leaf_count=register.leaf_count,
            tree_depth=register.depth,
            classes=classes,
            announced_at=self._clock.now(),
            generation=announced.generation_of(self._chain, act, self._cases.get_case(act.case_id).protocol),
            kind=PollKind.OPEN if sealing is None else PollKind.SEALED,
            sealing=None if sealing is None else sealing_json(sealing),
        )
