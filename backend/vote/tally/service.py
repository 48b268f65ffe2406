"""Opens the sums after the close and tells the result as the contract has it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.case.cases.service import CaseService
from backend.case.register.service import RegisterService
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.poll import PollContract
from backend.ground.chain.service import Chain
from backend.ground.chain.values import ClassTally, Stage
from backend.ground.common.clock import from_unix
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.hashing import keccak
from backend.ground.common.made_once import MadeOnce
from backend.ground.common.voting import Choice
from backend.people.accounts.visitor import Visitor
from backend.vote.ballots.service import BallotService
from backend.vote.leaks.rules import LeakReport, RecordedPoll
from backend.vote.leaks.service import LeakService
from backend.vote.polls.rules import ClassCount
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.tally import rules
from backend.vote.tally.errors import NotTalliedYet, PollStillOpen, RecordsNotReadYet
from backend.vote.tally.exclusion import ExcludedLeaf, Exclusion
from backend.vote.tally.recorded import Recorded
from backend.vote.tally.rules import ClassOutcome
from backend.vote.tally.turnout import Turnout, points_of

log = logging.getLogger(__name__)

OPENING = "sums_opening"
BLOCKS_A_ROUND = 5000
"""What the chain room reads at once."""
DECIDED = {Stage.APPROVED: "approved", Stage.REFUSED: "refused"}


@dataclass(frozen=True)
class ResultView:
    """A poll's result as the contract holds it; `decision` is approved, refused or None, `excluded` the leaves that hold no claim."""

    poll_id: str
    classes: tuple[ClassOutcome, ...]
    tallies: tuple[ClassTally, ...]
    passed: bool
    result_hash: bytes
    challenge_ends_at: datetime
    approvals: int
    refusals: int
    decision: str | None
    excluded: tuple[ExcludedLeaf, ...]


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
        chain.intents.on(OPENING, self._finish_opening)

    def open_sums(
        self, poll_id: str, visitor: Visitor | None = None, *, acknowledged: str = "", without_closing_note: bool = False
    ) -> ResultView:
        """Add up amounts and blinds by recorded choice, have the contract check the openings, and give the result.

        Where the sums tell anything about single lenders, they wait until somebody acknowledged just that: `acknowledged` is the hash of
        the report that `leaks` gives. Then the relay's books are closed on the chain (protocol §11), unless officials decide to go on
        without, since the key is lost; and leaves of ours that hold no claim are taken out. A visitor must be an official of the case;
        without one it is the installation itself that acts, which has no power here: the contract accepts true openings from anyone.
        Once opened, it only gives the result. Raises: PollUnknown, NotOfficialOfCase, PollStillOpen, LeakNotAcknowledged,
        ClosingNoteMissing, TransactionReverted; OutcomeAwaited when it goes on by itself; Unavailable.
        """
        poll = self._polls.get_poll(poll_id)
        if visitor is not None:
            self._cases.require_official(poll.case_id, visitor)
        contract = self._chain.poll(poll.address)
        stage = contract.stage()
        if stage in (Stage.ANNOUNCED, Stage.OPEN):
            raise PollStillOpen
        if stage is Stage.CLOSED:
            self._leaks.require_acknowledged(poll_id, self._exact_leaks(poll), acknowledged, visitor)
            payload = {"poll_id": poll_id, "acknowledged": acknowledged, "without_closing_note": without_closing_note}
            with self._chain.intents.kept(OPENING, f"sums/{poll_id}", payload):
                self._take_out_and_open(poll, contract, without_closing_note=without_closing_note)
        return self.result(poll_id)

    def _finish_opening(self, payload: dict[str, Any]) -> None:
        """Open sums whose opening was broken off. Raises: LeakNotAcknowledged when they tell other things than somebody has seen."""
        poll = self._polls.get_poll(payload["poll_id"])
        contract = self._chain.poll(poll.address)
        if contract.stage() is not Stage.CLOSED:
            return
        self._leaks.require_same(self._exact_leaks(poll), payload["acknowledged"])
        self._take_out_and_open(poll, contract, without_closing_note=payload["without_closing_note"])
        log.info("the sums of poll %s were opened after an interruption", poll.id)

    def _take_out_and_open(self, poll: PollView, contract: PollContract, *, without_closing_note: bool) -> None:
        if poll.protocol > 1:
            self._prepare(poll, without_closing_note=without_closing_note)
        self._open(poll, contract)

    def result(self, poll_id: str) -> ResultView:
        """The result. Raises: PollUnknown, NotTalliedYet, NodeNotAnswering."""
        poll = self._polls.get_poll(poll_id)
        contract = self._chain.poll(poll.address)
        stage = contract.stage()
        if stage < Stage.TALLIED:
            raise NotTalliedYet
        tallies, admitted = contract.tallies(), self._admitted(poll, contract)
        return ResultView(
            poll_id,
            _classes(poll, tallies, admitted),
            tallies,
            contract.passed(),
            contract.result_hash(),
            from_unix(contract.challenge_ends_at()),
            contract.approvals(),
            contract.refusals(),
            DECIDED.get(stage),
            self._all_excluded(poll, admitted),
        )

    def turnout(self, poll_id: str, visitor: Visitor) -> Turnout:
        """How many took part by when, for officials of the case; amounts once the sums are opened.

        Raises: PollUnknown, NotOfficialOfCase, NodeNotAnswering.
        """
        poll = self._polls.get_poll(poll_id)
        self._cases.require_official(poll.case_id, visitor)
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
        """What the sums tell about single lenders, for officials of the case: exact after the close, by class before.

        While ballots come in no choice is looked at. Raises: PollUnknown, NotOfficialOfCase, RecordsNotReadYet, NodeNotAnswering.
        """
        poll = self._polls.get_poll(poll_id)
        if visitor is not None:
            self._cases.require_official(poll.case_id, visitor)
        if self._chain.poll(poll.address).stage() in (Stage.ANNOUNCED, Stage.OPEN):
            return self._leaks.expected(poll.case_id, self._counted_before(poll.case_id), poll.register_number)
        return self._exact_leaks(poll)

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
        return self._leaks.exact(poll.case_id, earlier, self._recorded.published(poll, excluded))

    def _counted_before(self, case_id: str, number: int | None = None) -> list[RecordedPoll]:
        """What every counted poll of the case publishes; with a number all but that one."""
        counted = [poll for poll in self._polls.list_polls(case_id) if poll.number != number and self._is_counted(poll)]
        return [self._recorded.published(poll, {leaf.index for leaf in self._exclusion.excluded(poll)}) for poll in counted]

    def _is_counted(self, poll: PollView) -> bool:
        return self._chain.poll(poll.address).stage() >= Stage.TALLIED

    def _turnout(self, poll: PollView, *, counted: bool) -> Turnout:
        if counted:  # nothing is recorded any more
            return self._turnouts.get(poll.id, lambda: self._add_up(poll, counted=True))
        return self._add_up(poll, counted=False)

    def _add_up(self, poll: PollView, *, counted: bool) -> Turnout:
        excluded = {leaf.index for leaf in self._exclusion.excluded(poll)}
        steps = self._recorded.steps(poll, excluded)

        def amount_of(indexes: Sequence[int]) -> int:
            return self._register.amount_of(poll.case_id, poll.register_number, indexes)

        admitted = self._admitted(poll, self._chain.poll(poll.address))
        heads, fen = sum(heads for heads, _ in admitted), sum(fen for _, fen in admitted)
        return Turnout(points_of(steps, amount_of if counted else None), heads, fen, counted)

    def _prepare(self, poll: PollView, *, without_closing_note: bool) -> None:
        """What has to stand on the chain before the sums. Raises: BooksNotClosedYet, ClosingNoteMissing, TransactionReverted."""
        if without_closing_note:
            log.warning("the sums of poll %s are opened without waiting for the closing note", poll.id)
        else:
            self._ballots.anchors.close(poll)
        self._exclusion.take_out(poll)

    def _admitted(self, poll: PollView, contract: PollContract) -> list[tuple[int, int]]:
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

    def _open(self, poll: PollView, contract: PollContract) -> None:
        """Try as often as the chain's records, read again, say something else. Raises: TransactionReverted, RecordsNotReadYet."""
        tried: dict[int, Choice] = {}
        refusal: LenderVoteError = RecordsNotReadYet()
        for choices in self._readings(poll):
            if (tried and choices == tried) or not self._adds_up(poll, contract, choices):
                continue
            try:
                self._send(poll, contract, choices)
            except TransactionReverted as error:
                # Two lenders who swapped their choices leave the heads as they were: the contract alone knows that a change is missing.
                if error.rule != "Poll_OpeningWrong":
                    raise
                tried, refusal = choices, error
            else:
                return
        raise refusal

    def _readings(self, poll: PollView) -> Iterator[dict[int, Choice]]:
        """The choices recorded, read again as often as it takes to read all of the chain."""
        self._chain.follow(poll.address)
        for _ in range(self._chain.block().number // BLOCKS_A_ROUND + 3):
            self._chain.pump()
            yield self._recorded.choices(poll, {leaf.index for leaf in self._exclusion.excluded(poll)})

    def _read_to_the_end(self, poll: PollView) -> None:
        """Raises: RecordsNotReadYet."""
        contract = self._chain.poll(poll.address)
        if not any(self._adds_up(poll, contract, choices) for choices in self._readings(poll)):
            raise RecordsNotReadYet

    def _adds_up(self, poll: PollView, contract: PollContract, choices: Mapping[int, Choice]) -> bool:
        """Whether the choices read so far are as many as the contract counts."""
        heads = [contract.heads(number) for number in range(len(poll.classes))]
        wanted = (sum(h.heads_for for h in heads), sum(h.heads_against for h in heads), sum(h.heads_abstain for h in heads))
        counts = Counter(choices.values())
        return (counts[Choice.FOR], counts[Choice.AGAINST], counts[Choice.ABSTAIN]) == wanted

    def _send(self, poll: PollView, contract: PollContract, choices: Mapping[int, Choice]) -> None:
        plain = {index: int(choice) for index, choice in choices.items()}
        call = contract.open_sums(self._register.sum_openings(poll.case_id, poll.register_number, plain))
        # The call's own hash is in the key: other openings must not be kept out by those that were wrong.
        key = f"tally/{poll.id}/{keccak(call.data).hex()[:16]}"
        transact_unless(self._chain, lambda: contract.stage() >= Stage.TALLIED, call, key)


def _classes(poll: PollView, tallies: Sequence[ClassTally], admitted: Sequence[tuple[int, int]]) -> tuple[ClassOutcome, ...]:
    counts = [
        ClassCount(
            heads,
            fen,
            tally.heads_for,
            tally.heads_against,
            tally.heads_abstain,
            tally.fen_for,
            tally.fen_against,
            tally.fen_abstain,
        )
        for (heads, fen), tally in zip(admitted, tallies, strict=True)
    ]
    return rules.outcome_of([each.name for each in poll.classes], poll.conditions, counts)
