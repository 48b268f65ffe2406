"""Whose ballots the chain recorded: events name index, choice and sequence, the transaction that made them the key."""

from __future__ import annotations

from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.casts import CastBallot, recorded_by
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.service import Chain
from backend.ground.chain.values import RecordedBallot
from backend.vote.ballots.store import BallotRow
from backend.vote.polls.views import PollView


def cast_ballots(chain: Chain, event: ContractEvent) -> dict[int, CastBallot]:
    """What a BallotsRecorded event recorded, by index, with its key. Raises: NodeNotAnswering."""
    return recorded_by(chain.record.casts(event.tx_hash), recorded_ballots(event))


class ChainBallots:
    """What is recorded for the lenders of one poll, looked up when it is asked for."""

    def __init__(self, chain: Chain, poll: PollView) -> None:
        self._chain = chain
        self._poll = poll.address
        self._contract = chain.poll_of(poll.address, poll.kind)

    def ballot_of(self, index: int) -> RecordedBallot:
        """The newest recorded ballot of a lender. Raises: NodeNotAnswering."""
        return self._contract.ballot_of(index)

    def has(self, row: BallotRow) -> bool:
        """Whether this very ballot is the newest recorded. Raises: NodeNotAnswering, also while its event is not mirrored yet."""
        newest = self.ballot_of(row.index)
        if (int(newest.choice), newest.sequence) != (row.choice, row.sequence):
            return False
        cast = self.cast_of(row.index, row.sequence)
        return (cast.ballot_key, cast.sealed) == (row.ballot_key, row.packed)

    def cast_of(self, wanted: int, newest: int) -> CastBallot:
        """The recorded ballot of an index and sequence, as it was sent. Raises: NodeNotAnswering, also while its event is not mirrored."""
        self._chain.follow(self._poll)
        after, found = 0, None
        while page := self._chain.events(self._poll, "BallotsRecorded", after, confirmed=False):
            after = page[-1].id
            for event in page:
                if any((index, sequence) == (wanted, newest) for index, _, sequence in recorded_ballots(event)):
                    found = event
        cast = cast_ballots(self._chain, found).get(wanted) if found is not None else None
        if cast is None:
            raise NodeNotAnswering(reason=f"the event that recorded index {wanted} is not read yet")
        return cast
