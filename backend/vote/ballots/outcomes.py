"""What the chain did with a ballot, told from events and from what is recorded for its lender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.ground.chain.calls import ConfirmedTransaction
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.values import RecordedBallot
from backend.vote.ballots import rules
from backend.vote.ballots.rules import BallotStatus
from backend.vote.ballots.store import BallotRow


@dataclass(frozen=True)
class Outcome:
    """Where a ballot stands now; `reason` why the contract rejected it (protocol §8.2, 0 for none), which excuses nobody; hash and block of
    its own transaction, if it has one."""

    status: BallotStatus
    reason: int = 0
    tx_hash: str | None = None
    block: int | None = None


class OnChain(Protocol):
    """What is recorded for lenders of one poll."""

    def ballot_of(self, index: int) -> RecordedBallot:
        """The newest."""
        ...

    def has(self, row: BallotRow) -> bool:
        """Whether this very ballot is the newest recorded: of its index, choice and sequence, by its key, under the same seal."""
        ...


def from_events(ballots: Sequence[BallotRow], done: ConfirmedTransaction, chain: OnChain) -> dict[int, Outcome]:
    """The outcome of each ballot of a mined transaction, by row id."""
    recorded = {ballot for event in done.events if event.name == "BallotsRecorded" for ballot in recorded_ballots(event)}
    rejected = {
        (int(event.args["index"]), int(event.args["sequence"])): int(event.args["reason"])
        for event in done.events
        if event.name == "BallotRejected"
    }
    found = {}
    for row in ballots:
        if (row.index, row.choice, row.sequence) in recorded:
            found[row.id] = Outcome(BallotStatus.RECORDED, 0, done.tx_hash, done.block)
        else:
            found[row.id] = _rejected(row, rejected.get((row.index, row.sequence), 0), done, chain)
    return found


def without_event(row: BallotRow, chain: OnChain) -> Outcome:
    """The outcome of a ballot whose transaction the contract refused: the lender may have recorded it or a later one directly."""
    newest = chain.ballot_of(row.index)
    return Outcome(rules.status_after_close(row.sequence, newest.sequence, is_recorded=chain.has(row)))


def _rejected(row: BallotRow, reason: int, done: ConfirmedTransaction, chain: OnChain) -> Outcome:
    outcome = without_event(row, chain)
    if outcome.status is not BallotStatus.MISSED:
        return outcome
    return Outcome(BallotStatus.MISSED, reason, done.tx_hash, done.block)
