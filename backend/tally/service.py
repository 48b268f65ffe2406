"""Opens the sums after the close and tells the result as the contract has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.accounts.visitor import Visitor
from backend.cases.service import CaseService
from backend.chain.service import Chain
from backend.chain.values import ClassTally, Opening, Stage
from backend.common.clock import from_unix
from backend.common.hashing import keccak
from backend.polls.rules import ClassCount
from backend.polls.service import PollService
from backend.polls.views import PollView
from backend.register.service import RegisterService
from backend.tally import rules
from backend.tally.errors import NotTalliedYet, PollStillOpen
from backend.tally.rules import ClassOutcome

DECIDED = {Stage.APPROVED: "approved", Stage.REFUSED: "refused"}


@dataclass(frozen=True)
class ResultView:
    """A poll's result as the contract holds it; `decision` is approved, refused or None."""

    poll_id: str
    classes: tuple[ClassOutcome, ...]
    tallies: tuple[ClassTally, ...]
    passed: bool
    result_hash: bytes
    challenge_ends_at: datetime
    approvals: int
    refusals: int
    decision: str | None


class TallyService:
    """From recorded ballots to opened sums, and the result for people."""

    def __init__(self, chain: Chain, cases: CaseService, register: RegisterService, polls: PollService) -> None:
        self._chain = chain
        self._cases = cases
        self._register = register
        self._polls = polls

    def open_sums(self, poll_id: str, visitor: Visitor | None = None) -> ResultView:
        """Add up amounts and blinds by recorded choice, have the contract check the openings, and give the result.

        A visitor must be an official of the case; without one it is the installation itself that acts, which has no power here: the
        contract accepts true openings from anyone. Once opened, it only gives the result.
        Raises: PollUnknown, NotOfficialOfCase, PollStillOpen, TransactionReverted, Unavailable.
        """
        poll = self._polls.get_poll(poll_id)
        if visitor is not None:
            self._cases.require_official(poll.case_id, visitor)
        contract = self._chain.poll(poll.address)
        stage = contract.stage()
        if stage in (Stage.ANNOUNCED, Stage.OPEN):
            raise PollStillOpen
        if stage is Stage.CLOSED:
            call = contract.open_sums(self._openings(poll))
            # The call's own hash is in the key: openings made before the chain's newest block was read must not block the right ones.
            self._chain.transact(call, f"tally/{poll_id}/{keccak(call.data).hex()[:16]}")
        return self.result(poll_id)

    def result(self, poll_id: str) -> ResultView:
        """The result. Raises: PollUnknown, NotTalliedYet, NodeNotAnswering."""
        poll = self._polls.get_poll(poll_id)
        contract = self._chain.poll(poll.address)
        stage = contract.stage()
        if stage < Stage.TALLIED:
            raise NotTalliedYet
        tallies = contract.tallies()
        return ResultView(
            poll_id,
            _classes(poll, tallies),
            tallies,
            contract.passed(),
            contract.result_hash(),
            from_unix(contract.challenge_ends_at()),
            contract.approvals(),
            contract.refusals(),
            DECIDED.get(stage),
        )

    def _openings(self, poll: PollView) -> list[Opening]:
        recorded = [event.args["recorded"] for event in self._chain.events_of(poll.address, "BallotsRecorded")]
        choices = {index: int(choice) for index, choice in rules.newest_choices(recorded).items()}
        return list(self._register.sum_openings(poll.case_id, poll.register_number, choices))


def _classes(poll: PollView, tallies: Sequence[ClassTally]) -> tuple[ClassOutcome, ...]:
    counts = [
        ClassCount(
            admitted.heads,
            admitted.amount_fen,
            tally.heads_for,
            tally.heads_against,
            tally.heads_abstain,
            tally.fen_for,
            tally.fen_against,
            tally.fen_abstain,
        )
        for admitted, tally in zip(poll.classes, tallies, strict=True)
    ]
    return rules.outcome_of([admitted.name for admitted in poll.classes], poll.conditions, counts)
