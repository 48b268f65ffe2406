"""The box of a sealed poll as it was filled: every record in the chain's order, and the number of the box after each (protocol §21.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backend.case.register.service import RegisterService
from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.casts import CastBallot
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.service import Chain
from backend.ground.common.seals import CHOICE_BYTES, EMPTY_BOX, RECORD_BYTES, SEAL_BYTES, Record, fold
from backend.vote.ballots.on_chain import cast_ballots
from backend.vote.polls.views import PollView

_NUMBER_BYTES = 32
AT_ONCE = 200
"""Transactions whose records are put together before the register is asked for their leaves."""


@dataclass
class FilledBox:
    """Records of 110 bytes and numbers of 32 bytes, one after the other; a million of them take 140 MB."""

    records: bytearray = field(default_factory=bytearray)
    numbers: bytearray = field(default_factory=bytearray)

    def __len__(self) -> int:
        return len(self.records) // RECORD_BYTES

    def add(self, record: bytes) -> None:
        """Fold one more record in."""
        self.numbers += fold(self.number_after(len(self)), [record])
        self.records += record

    def number_after(self, count: int) -> bytes:
        """The number of the box when so many records had been folded in."""
        return bytes(self.numbers[_NUMBER_BYTES * (count - 1) : _NUMBER_BYTES * count]) if count else EMPTY_BOX

    def between(self, first: int, end: int) -> list[bytes]:
        """Records by their places, from 0."""
        return [bytes(self.records[RECORD_BYTES * place : RECORD_BYTES * (place + 1)]) for place in range(first, end)]

    def place_of(self, number: bytes, at_most: int | None = None) -> int | None:
        """How many records had been folded in when the box had this number; None when it never had it."""
        if number == EMPTY_BOX:
            return 0
        for count in range(len(self) if at_most is None else at_most, 0, -1):
            if self.number_after(count) == number:
                return count
        return None

    def newest_of(self, index: int) -> int | None:
        """The place of a lender's newest record, from 0; None when there is none."""
        wanted = index.to_bytes(4, "big")
        places = range(len(self) - 1, -1, -1)
        return next((place for place in places if self.records[RECORD_BYTES * place : RECORD_BYTES * place + 4] == wanted), None)


class BoxReader:
    """Fills the box again from what the chain recorded; classes and commitments come from our register, which made the root."""

    def __init__(self, chain: Chain, register: RegisterService) -> None:
        self._chain = chain
        self._register = register

    def read(self, poll: PollView) -> FilledBox:
        """Everything recorded so far, whether it is final or not. Raises: NodeNotAnswering."""
        self._chain.follow(poll.address)
        box = FilledBox()
        waiting: list[CastBallot] = []
        for number, event in enumerate(self._events(poll.address), start=1):
            found = cast_ballots(self._chain, event)
            waiting += [_of(found, index) for index, _, _ in recorded_ballots(event)]
            if number % AT_ONCE == 0:
                self._fold(poll, box, waiting)
                waiting = []
        self._fold(poll, box, waiting)
        return box

    def _fold(self, poll: PollView, box: FilledBox, ballots: Sequence[CastBallot]) -> None:
        indexes = sorted({ballot.index for ballot in ballots})
        leaves = dict(zip(indexes, self._register.leaves(poll.case_id, poll.register_number, indexes), strict=True)) if indexes else {}
        for ballot in ballots:
            leaf = leaves[ballot.index]
            point = leaf.x.to_bytes(32, "big") + leaf.y.to_bytes(32, "big")
            seal, choice = ballot.sealed[:SEAL_BYTES], ballot.sealed[SEAL_BYTES:]
            box.add(Record(ballot.index, leaf.voting_class, point, ballot.sequence, seal, choice).encode())

    def _events(self, address: str) -> Iterator[ContractEvent]:
        after = 0
        while page := self._chain.events(address, "BallotsRecorded", after, confirmed=False):
            yield from page
            after = page[-1].id


def _of(found: Mapping[int, CastBallot], index: int) -> CastBallot:
    if index not in found or len(found[index].sealed) != SEAL_BYTES + CHOICE_BYTES:
        raise NodeNotAnswering(reason=f"the transaction that recorded index {index} does not carry its ballot")
    return found[index]
