"""What the chain did with a ballot, told from events and from what is recorded for its lender."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.ballots import rules, store
from backend.ballots.store import BallotRow
from backend.chain.calls import ConfirmedTransaction
from backend.chain.poll import recorded_ballots
from backend.chain.values import RecordedBallot


@dataclass(frozen=True)
class Outcome:
    """Where a ballot stands now; `reason` as in protocol §8.2, 0 for none; hash and block of its own transaction, if it has one."""

    status: str
    reason: int = 0
    tx_hash: str | None = None
    block: int | None = None


def from_events(ballots: Sequence[BallotRow], done: ConfirmedTransaction, ballot_of: Callable[[int], RecordedBallot]) -> dict[int, Outcome]:
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
            found[row.id] = Outcome(store.RECORDED, 0, done.tx_hash, done.block)
        else:
            reason = rejected.get((row.index, row.sequence), 0)
            found[row.id] = _rejected(row, reason, done, ballot_of)
    return found


def without_event(row: BallotRow, recorded: RecordedBallot) -> Outcome:
    """The outcome of a ballot whose transaction the contract refused: the lender may have recorded it or a later one directly."""
    return Outcome(rules.status_after_close(row.sequence, row.choice, (int(recorded.choice), recorded.sequence)))


def _rejected(row: BallotRow, reason: int, done: ConfirmedTransaction, ballot_of: Callable[[int], RecordedBallot]) -> Outcome:
    outcome = without_event(row, ballot_of(row.index))
    if outcome.status != store.MISSED or not reason:
        return outcome
    return Outcome(store.REJECTED, reason, done.tx_hash, done.block)
