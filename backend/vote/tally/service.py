"""Opens the sums after the close and tells the result as the contract has it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from backend.case.cases.service import CaseService
from backend.case.register.service import RegisterService
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.poll import PollContract
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.service import Chain
from backend.ground.chain.turns import most_turns, turns_to_the_end
from backend.ground.chain.values import Stage
from backend.ground.common.clock import from_unix
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.hashing import keccak
from backend.ground.common.made_once import MadeOnce
from backend.ground.common.voting import Choice, PollKind
from backend.people.accounts.visitor import Visitor
from backend.vote.ballots.service import BallotService
from backend.vote.leaks.rules import LeakReport, RecordedPoll
from backend.vote.leaks.service import LeakService
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.tally.errors import NotCountedYet, NotTalliedYet, PollStillOpen, PollWasAbandoned, RecordsNotReadYet
from backend.vote.tally.exclusion import ExcludedLeaf, Exclusion
from backend.vote.tally.recorded import Recorded
from backend.vote.tally.turnout import Turnout, points_of
from backend.vote.tally.views import MotionResult, ResultView, SealedPart, classes_of

log = logging.getLogger(__name__)

OPENING = "sums_opening"
AnyContract = PollContract | SealedPollContract
Motions = list[dict[int, Choice]]
"""For each motion the newest choices by index."""
_BEFORE_OPENING = {PollKind.OPEN: Stage.CLOSED, PollKind.SEALED: Stage.COUNTED}
"""Where a poll stands when its sums can be opened."""
DECIDED = {Stage.APPROVED: "approved", Stage.REFUSED: "refused"}


class TallyService:
    """From recorded ballots to opened sums, and the result for people."""

    def __init__(
        self, chain: Chain, cases: CaseService, register: RegisterService, polls: PollService, ballots: BallotService, leaks: LeakService
    ) -> None:
        self._chain = chain
        self._cases = cases
        self._register = register
        self._polls = polls
        self._ballots = ballots
        self._leaks = leaks
        self._exclusion = Exclusion(chain, register)
        self._recorded = Recorded(chain)
        self._turnouts: MadeOnce[Turnout] = MadeOnce(64)
        self._invalid: MadeOnce[tuple[tuple[int, ...], tuple[int, ...]]] = MadeOnce(64)
        chain.intents.on(OPENING, self._finish_opening)

    def open_sums(
        self, poll_id: str, visitor: Visitor | None = None, *, acknowledged: str = "", without_closing_note: bool = False
    ) -> ResultView:
        """Add up amounts and blinds by recorded choice, have the contract check the openings, and give the result.

        Where the sums tell anything about single lenders, they wait until somebody acknowledged just that: `acknowledged` is the hash of
        the report that `leaks` gives. Then the relay's books are closed on the chain (protocol §11), unless officials decide to go on
        without, since the key is lost; and leaves of ours that hold no claim are taken out. A visitor must be an official of the case;
        without one it is the installation itself that acts, which has no power here: the contract accepts true openings from anyone.
        Once opened, it only gives the result. Raises: PollUnknown, NotOfficialOfCase, PollStillOpen, NotCountedYet, PollWasAbandoned,
        LeakNotAcknowledged, ClosingNoteMissing, TransactionReverted; OutcomeAwaited when it goes on by itself; Unavailable.
        """
        poll = self._polls.get_poll(poll_id)
        if visitor is not None:
            self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        contract = self._polls.contract(poll)
        stage = contract.stage()
        if stage in (Stage.ANNOUNCED, Stage.OPEN):
            raise PollStillOpen
        self._require_counted(poll, stage)
        if stage < Stage.TALLIED:
            self._leaks.require_acknowledged(poll_id, self._exact_leaks(poll), acknowledged, visitor)
            payload = {"poll_id": poll_id, "acknowledged": acknowledged, "without_closing_note": without_closing_note}
            with self._chain.intents.kept(OPENING, f"sums/{poll_id}", payload):
                self._take_out_and_open(poll, contract, without_closing_note=without_closing_note)
        return self.result(poll_id)

    def _finish_opening(self, payload: dict[str, Any]) -> None:
        """Open sums whose opening was broken off. Raises: LeakNotAcknowledged when they tell other things than somebody has seen."""
        poll = self._polls.get_poll(payload["poll_id"])
        contract = self._polls.contract(poll)
        if contract.stage() is not _BEFORE_OPENING[poll.kind]:
            return
        self._leaks.require_same(self._exact_leaks(poll), payload["acknowledged"])
        self._take_out_and_open(poll, contract, without_closing_note=payload["without_closing_note"])
        log.info("the sums of poll %s were opened after an interruption", poll.id)

    def _take_out_and_open(self, poll: PollView, contract: AnyContract, *, without_closing_note: bool) -> None:
        if poll.protocol > 1:
            self._prepare(poll, without_closing_note=without_closing_note)
        self._open(poll, contract)

    def result(self, poll_id: str) -> ResultView:
        """The result. Raises: PollUnknown, NotTalliedYet, NodeNotAnswering."""
        poll = self._polls.get_poll(poll_id)
        contract = self._polls.contract(poll)
        stage = contract.stage()
        if stage is Stage.ABANDONED:
            raise PollWasAbandoned
        if stage < Stage.TALLIED:
            raise NotTalliedYet
        admitted, passed = self._admitted(poll, contract), int(contract.passed())
        tallies, many = contract.tallies(), len(poll.classes)
        motions = []
        for number, title in enumerate(poll.titles):
            own = tallies[many * number : many * (number + 1)]
            motions.append(MotionResult(title, classes_of(poll, own, admitted), own, bool(passed >> number & 1)))
        return ResultView(
            poll_id,
            tuple(motions),
            contract.result_hash(),
            from_unix(contract.challenge_ends_at()),
            contract.approvals(),
            contract.refusals(),
            DECIDED.get(stage),
            self._all_excluded(poll, admitted),
            self._sealed_part(poll, contract),
        )

    def turnout(self, poll_id: str, visitor: Visitor) -> Turnout:
        """How many took part by when, for officials of the case; amounts once the sums are opened.

        Raises: PollUnknown, NotOfficialOfCase, NodeNotAnswering.
        """
        poll = self._polls.get_poll(poll_id)
        self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        return self._turnout(poll, counted=self._is_counted(poll))

    def counted_turnout(self, poll_id: str) -> Turnout:
        """The same for everybody, once the sums are opened: while ballots come in, a crowd's size must not sway those who still wait.

        Raises: PollUnknown, NotTalliedYet, NodeNotAnswering.
        """
        poll = self._polls.get_poll(poll_id)
        if not self._is_counted(poll):
            raise NotTalliedYet
        return self._turnout(poll, counted=True)

    def leaks(self, poll_id: str, visitor: Visitor | None = None) -> LeakReport:
        """What the sums tell about single lenders, for officials of the case: exact once they can be opened, by class before.

        While ballots come in no choice is looked at. Raises: PollUnknown, NotOfficialOfCase, RecordsNotReadYet, NodeNotAnswering.
        """
        poll = self._polls.get_poll(poll_id)
        if visitor is not None:
            self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        stage = self._polls.stage(poll.id)
        # Of a sealed poll nothing is known before all of it is counted.
        if stage < _BEFORE_OPENING[poll.kind] or stage is Stage.ABANDONED:
            return self._leaks.expected(poll.case_id, self._counted_before(poll.case_id), poll.register_number)
        return self._exact_leaks(poll)

    def recorded_choices(self, poll: PollView) -> Motions:
        """For each motion the newest choices by index, once they change no more.

        Raises: PollStillOpen, NotCountedYet, PollWasAbandoned, RecordsNotReadYet, NodeNotAnswering.
        """
        stage = self._polls.stage(poll.id)
        if stage in (Stage.ANNOUNCED, Stage.OPEN):
            raise PollStillOpen
        self._require_counted(poll, stage)
        self._read_to_the_end(poll)
        return self._recorded.choices(poll, {leaf.index for leaf in self._exclusion.excluded(poll)})

    def expected_leaks(self, case_id: str, visitor: Visitor) -> LeakReport:
        """What the class totals of the register that is frozen next, or of the newest, tell, with all that was counted before.

        Raises: CaseUnknown, NotOfficialOfCase, RegisterEmpty, NodeNotAnswering.
        """
        self._cases.require_official(case_id, visitor)
        return self._leaks.expected(case_id, self._counted_before(case_id))

    def _exact_leaks(self, poll: PollView) -> LeakReport:
        self._read_to_the_end(poll)
        excluded = {leaf.index for leaf in self._exclusion.excluded(poll)}
        earlier = self._counted_before(poll.case_id, poll.number)
        published = self._recorded.published(poll, excluded)
        reports = [
            self._leaks.exact(poll.case_id, [*earlier, *published[:number], *published[number + 1 :]], motion)
            for number, motion in enumerate(published)
        ]
        groups = tuple(group for report in reports for group in report.groups)
        return replace(reports[0], groups=groups)

    def _counted_before(self, case_id: str, number: int | None = None) -> list[RecordedPoll]:
        """What every counted poll of the case publishes; with a number all but that one."""
        counted = [poll for poll in self._polls.list_polls(case_id) if poll.number != number and self._is_counted(poll)]
        found = [self._recorded.published(poll, {leaf.index for leaf in self._exclusion.excluded(poll)}) for poll in counted]
        return [motion for motions in found for motion in motions]

    def _is_counted(self, poll: PollView) -> bool:
        return self._polls.stage(poll.id) >= Stage.TALLIED

    def _turnout(self, poll: PollView, *, counted: bool) -> Turnout:
        if counted:  # nothing is recorded any more
            return self._turnouts.get(poll.id, lambda: self._add_up(poll, counted=True))
        return self._add_up(poll, counted=False)

    def _add_up(self, poll: PollView, *, counted: bool) -> Turnout:
        excluded = {leaf.index for leaf in self._exclusion.excluded(poll)}
        steps = self._recorded.steps(poll, excluded)

        def amount_of(indexes: Sequence[int]) -> int:
            return self._register.amount_of(poll.case_id, poll.register_number, indexes)

        admitted = self._admitted(poll, self._polls.contract(poll))
        heads, fen = sum(heads for heads, _ in admitted), sum(fen for _, fen in admitted)
        return Turnout(points_of(steps, amount_of if counted else None), heads, fen, counted)

    def _prepare(self, poll: PollView, *, without_closing_note: bool) -> None:
        """What has to stand on the chain before the sums. Raises: BooksNotClosedYet, ClosingNoteMissing, TransactionReverted."""
        if without_closing_note:
            log.warning("the sums of poll %s are opened without waiting for the closing note", poll.id)
        else:
            self._ballots.anchors.close(poll)
        self._exclusion.take_out(poll)

    def _admitted(self, poll: PollView, contract: AnyContract) -> list[tuple[int, int]]:
        """Admitted heads and fen by class, less the leaves taken out."""
        if poll.protocol == 1:
            return [(admitted.heads, admitted.amount_fen) for admitted in poll.classes]
        return [contract.admitted(number) for number in range(len(poll.classes))]

    def _all_excluded(self, poll: PollView, admitted: Sequence[tuple[int, int]]) -> tuple[ExcludedLeaf, ...]:
        """The leaves taken out, as many as the contract says. Raises: RecordsNotReadYet."""
        many = sum(each.heads for each in poll.classes) - sum(heads for heads, _ in admitted)
        excluded = self._exclusion.excluded(poll)
        if len(excluded) != many:
            self._chain.pump()
            excluded = self._exclusion.excluded(poll)
        if len(excluded) != many:
            raise RecordsNotReadYet
        return excluded

    def _require_counted(self, poll: PollView, stage: Stage) -> None:
        """Raises: NotCountedYet, PollWasAbandoned."""
        if stage is Stage.ABANDONED:
            raise PollWasAbandoned
        if poll.sealing is not None and stage < Stage.COUNTED:
            opened = len(self._chain.sealed_poll(poll.address).shares_published())
            raise NotCountedYet(opened=opened, threshold=poll.sealing.key.threshold)

    def _sealed_part(self, poll: PollView, contract: AnyContract) -> SealedPart | None:
        """Raises: RecordsNotReadYet."""
        if not isinstance(contract, SealedPollContract):
            return None
        broken = contract.seal_broken_at()
        invalid, by_class = self._invalid.get(poll.id, lambda: self._read_invalid(poll, contract))  # counted once and for all
        return SealedPart(invalid, from_unix(broken) if broken else None, by_class)

    def _read_invalid(self, poll: PollView, contract: SealedPollContract) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Indexes, as many as the contract says, and how many of each class. Raises: RecordsNotReadYet."""
        wanted = tuple(contract.invalid(number) for number in range(len(poll.classes)))
        for _ in turns_to_the_end(self._chain, poll.address):
            excluded = {leaf.index for leaf in self._exclusion.excluded(poll)}
            invalid = tuple(index for index in self._recorded.invalid(poll) if index not in excluded)
            if len(invalid) == sum(wanted):
                return invalid, wanted
        raise RecordsNotReadYet

    def _open(self, poll: PollView, contract: AnyContract) -> None:
        """Try as often as the chain's records, read again, say something else. Raises: TransactionReverted, RecordsNotReadYet."""
        tried: Motions = []
        refusal: LenderVoteError = RecordsNotReadYet()
        for motions in self._readings(poll):
            if (tried and motions == tried) or not self._adds_up(poll, contract, motions):
                continue
            try:
                self._send(poll, contract, motions)
            except TransactionReverted as error:
                # Two lenders who swapped their choices leave the heads as they were: the contract alone knows that a change is missing.
                if error.rule != "Poll_OpeningWrong":
                    raise
                tried, refusal = motions, error
            else:
                return
        raise refusal

    def _readings(self, poll: PollView) -> Iterator[Motions]:
        """The choices recorded, read again as often as it takes to read all of the chain."""
        self._chain.follow(poll.address)
        for _ in range(most_turns(self._chain)):
            self._chain.pump()
            yield self._recorded.choices(poll, {leaf.index for leaf in self._exclusion.excluded(poll)})

    def _read_to_the_end(self, poll: PollView) -> None:
        """Raises: RecordsNotReadYet."""
        contract = self._polls.contract(poll)
        if not any(self._adds_up(poll, contract, motions) for motions in self._readings(poll)):
            raise RecordsNotReadYet

    def _adds_up(self, poll: PollView, contract: AnyContract, motions: Motions) -> bool:
        """Whether the choices read so far are as many as the contract counts."""
        for number, choices in enumerate(motions):
            classes = range(len(poll.classes))
            if isinstance(contract, SealedPollContract):
                heads = [contract.heads(number, voting_class) for voting_class in classes]
            else:
                heads = [contract.heads(voting_class) for voting_class in classes]
            wanted = (sum(h.heads_for for h in heads), sum(h.heads_against for h in heads), sum(h.heads_abstain for h in heads))
            counts = Counter(choices.values())
            if (counts[Choice.FOR], counts[Choice.AGAINST], counts[Choice.ABSTAIN]) != wanted:
                return False
        return True

    def _send(self, poll: PollView, contract: AnyContract, motions: Motions) -> None:
        openings = []
        for choices in motions:
            plain = {index: int(choice) for index, choice in choices.items()}
            openings += self._register.sum_openings(poll.case_id, poll.register_number, plain)
        call = contract.open_sums(openings)
        # The call's own hash is in the key: other openings must not be kept out by those that were wrong.
        key = f"tally/{poll.id}/{keccak(call.data).hex()[:16]}"
        transact_unless(self._chain, lambda: contract.stage() >= Stage.TALLIED, call, key)
