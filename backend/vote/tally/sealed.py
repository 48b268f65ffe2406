"""What everybody sees of a sealed poll after its close: who has opened, who is missing, and how far counting is."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from backend.case.register.service import RegisterService
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.sealed_poll import counted_ballots
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Stage
from backend.ground.common.at_once import AtOnce
from backend.ground.db.sessions import Sessions
from backend.vote.polls.sealed import SealedPollService
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView, SealSeat
from backend.vote.tally.box import BoxReader
from backend.vote.tally.counter import Counter
from backend.vote.tally.unsealing import Unsealing

AT_ONCE, LOOKS_AT_ONCE, WAIT_SECONDS = 4, 4, 15.0


@dataclass(frozen=True)
class SealView:
    """A sealed poll by its chain. Nothing is counted in before the close, so `progress` is None until then.

    `opened` are the seats whose share is public, `broken_at` seconds since 1970 when a breach was reported, 0 if none was.
    """

    poll: PollView
    stage: Stage
    threshold: int
    seats: tuple[SealSeat, ...]
    opened: frozenset[int]
    broken_at: int
    progress: Progress | None

    @property
    def missing(self) -> tuple[SealSeat, ...]:
        """The seats that have not opened."""
        return tuple(seat for seat in self.seats if seat.seat not in self.opened)


@dataclass(frozen=True)
class Progress:
    """Of the ballots in final blocks: how many are in the box, of how many lenders, and of how many lenders the newest one is counted; the
    indexes of those whose newest is invalid. Choices are in no number here."""

    ballots: int
    lenders: int
    counted: int
    invalid: tuple[int, ...]


class SealedTallyService:
    """Shares, breaches and the count of sealed polls; `counter` works in the background."""

    def __init__(
        self, sessions: Sessions, chain: Chain, register: RegisterService, polls: PollService, sealed_polls: SealedPollService
    ) -> None:
        self._chain = chain
        self._polls = polls
        self._sealed = sealed_polls
        self._progress: dict[str, _Reading] = {}
        self._places = AtOnce(AT_ONCE, WAIT_SECONDS)
        self._looking = AtOnce(LOOKS_AT_ONCE, WAIT_SECONDS)
        self.unsealing = Unsealing(chain, sealed_polls)
        self.counter = Counter(sessions, chain, polls, BoxReader(chain, register), self.unsealing)

    def shown(self, poll_id: str) -> SealView:
        """The same for everybody who asks, a few at a time. Raises: as `view`, Busy."""
        with self._looking.place():
            return self.view(poll_id)

    def view(self, poll_id: str) -> SealView:
        """Who has opened, and how far counting is. Raises: PollUnknown, PollNotSealed, NodeNotAnswering."""
        poll = self._polls.get_poll(poll_id)
        sealing, contract = self._sealed.sealing(poll), self._sealed.contract(poll)
        stage = contract.stage()
        is_closed = stage not in (Stage.ANNOUNCED, Stage.OPEN)
        return SealView(
            poll=poll,
            stage=stage,
            threshold=sealing.key.threshold,
            seats=sealing.seats,
            opened=contract.shares_published() if is_closed else frozenset(),
            broken_at=contract.seal_broken_at(),
            progress=self._progress.setdefault(poll.id, _Reading(poll)).read(self._chain) if is_closed else None,
        )

    def publish_share(self, poll_id: str, seat: int, share: int) -> SealView:
        """Take a trustee's share to the chain, and unseal with the last one needed; counting then begins by itself.

        Raises: PollUnknown, PollNotSealed, NoSuchSeat, PollStillOpen, ShareWrong, SharesDoNotFit, TransactionReverted, Unavailable.
        """
        poll = self._polls.get_poll(poll_id)
        with self._places.place():
            self.unsealing.publish_share(poll, seat, share)
            self.unsealing.unseal(poll)
        return self.view(poll_id)

    def report_breach(self, poll_id: str, signature: bytes) -> SealView:
        """Say before the close, by the secret's own signature, that it is known.

        Raises: PollUnknown, PollNotSealed, VoteClosedAlready, BreachNotProved, TransactionReverted, Unavailable.
        """
        poll = self._polls.get_poll(poll_id)
        with self._places.place():
            self.unsealing.report_breach(poll, signature)
        return self.view(poll_id)


@dataclass
class _Reading:
    """One poll's numbers, read on from the last event that was final."""

    poll: PollView
    ballots: int = 0
    counted: int = 0
    lenders: int = 0
    seen: bytearray = field(default_factory=bytearray)
    """One bit a lender: a set of a million numbers would take hundreds of times as much."""
    invalid: set[int] = field(default_factory=set)
    recorded_cursor: int = 0
    counted_cursor: int = 0
    lock: Lock = field(default_factory=Lock)

    def read(self, chain: Chain) -> Progress:
        with self.lock:
            if not self.recorded_cursor:
                chain.follow(self.poll.address)
            while events := chain.events(self.poll.address, "BallotsRecorded", self.recorded_cursor):
                for event in events:
                    found = recorded_ballots(event)
                    self.ballots += len(found)
                    self.lenders += sum(self._is_new(index) for index, _, _ in found)
                self.recorded_cursor = events[-1].id
            while events := chain.events(self.poll.address, "BallotsCounted", self.counted_cursor):
                for event in events:
                    counted = counted_ballots(event, self.poll.motions)
                    self.counted += len(counted)
                    self.invalid.update(ballot.index for ballot in counted if not ballot.is_valid)
                self.counted_cursor = events[-1].id
            return Progress(self.ballots, self.lenders, self.counted, tuple(sorted(self.invalid)))

    def _is_new(self, index: int) -> bool:
        if not self.seen:
            self.seen = bytearray(self.poll.leaf_count // 8 + 1)
        place, bit = index >> 3, 1 << (index & 7)
        new = not self.seen[place] & bit
        self.seen[place] |= bit
        return new
