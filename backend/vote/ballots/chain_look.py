"""What intake knows of the chain: looked up once in a while, not once a ballot."""

from __future__ import annotations

import threading

from backend.ground.chain.errors import ChainHalted
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock
from backend.vote.ballots.rules import Moment

PATIENCE = 20
"""Looks that may be missed before everybody waits for the node: a slow node must not slow down intake at once."""


RETRY_SECONDS = 5
"""After how long a lender's page tries again while the chain stands still."""


class ChainLook:
    """The chain's time, looked at at most `max_age_seconds` ago while the node answers, and the newest sequences recorded in a poll."""

    def __init__(self, chain: Chain, max_age_seconds: float, clock: Clock) -> None:
        self._chain = chain
        self._max_age = max_age_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._block_time = 0
        self._looked_at = float("-inf")
        self._polls: dict[str, _Recorded] = {}

    def moment(self) -> Moment:
        """What time it is for the contract. Raises: NodeNotAnswering; ChainHalted when no block came since this process started."""
        self._look()
        if not self._chain.heartbeat.pulse.is_proved:
            self.require_life()
        return Moment(self._block_time, self._chain.heartbeat.pulse.latest_time())

    def require_life(self) -> None:
        """Blocks come, so that a receipt can be kept. Raises: ChainHalted, NodeNotAnswering."""
        pulse = self._chain.heartbeat.pulse
        if pulse.is_alive:
            return
        self._chain.heartbeat.prove_alive()
        if not pulse.is_alive:
            raise ChainHalted(still_seconds=max(1, int(pulse.still_seconds)), retry_after_seconds=RETRY_SECONDS)
        self._block_time = self._chain.chain_time()

    def recorded_sequence(self, address: str, index: int) -> int:
        """The newest sequence of a lender that was seen in a block, 0 if none.

        It may be a moment old, or of a block that the chain lost since: ask the chain itself before refusing a ballot by it.
        """
        poll = self._polls.get(address)
        if poll is None:
            self._chain.follow(address)
            poll = self._polls.setdefault(address, _Recorded(address))
        if not poll.is_fresh(self._looked_at):
            poll.read(self._chain, self._looked_at)
        return poll.newest.get(index, 0)

    def _look(self) -> None:
        age = self._clock.monotonic() - self._looked_at
        if age < self._max_age:
            return
        # One asks for all; the others go on with what is known, as long as that is not too old.
        if not self._lock.acquire(blocking=age > PATIENCE * self._max_age):
            return
        try:
            if self._clock.monotonic() - self._looked_at >= self._max_age:
                began = self._clock.monotonic()
                self._block_time = self._chain.chain_time()
                self._looked_at = began
        finally:
            self._lock.release()


class _Recorded:
    """One poll's recorded sequences, read from the mirror from where the last reading ended."""

    def __init__(self, address: str) -> None:
        self.newest: dict[int, int] = {}
        self._address = address
        self._cursor = 0
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def is_fresh(self, looked_at: float) -> bool:
        return self._read_at >= looked_at

    def read(self, chain: Chain, looked_at: float) -> None:
        if not self._lock.acquire(blocking=self._cursor == 0):
            return
        try:
            while not self.is_fresh(looked_at):
                events = chain.events(self._address, "BallotsRecorded", self._cursor, confirmed=False)
                for event in events:
                    for index, _, sequence in recorded_ballots(event):
                        self.newest[index] = max(sequence, self.newest.get(index, 0))
                    self._cursor = event.id
                if not events:
                    self._read_at = looked_at
        finally:
            self._lock.release()
