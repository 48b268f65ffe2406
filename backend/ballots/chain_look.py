"""What intake knows of the chain: looked up once in a while, not once a ballot."""

from __future__ import annotations

import threading
import time

from backend.chain.poll import recorded_ballots
from backend.chain.service import Chain

PATIENCE = 20
"""Looks that may be missed before everybody waits for the node: a slow node must not slow down intake at once."""


class ChainLook:
    """The chain's time, at most `max_age_seconds` old while the node answers, and the newest sequences recorded in a poll."""

    def __init__(self, chain: Chain, max_age_seconds: float) -> None:
        self._chain = chain
        self._max_age = max_age_seconds
        self._lock = threading.Lock()
        self._time = 0
        self._looked_at = float("-inf")
        self._polls: dict[str, _Recorded] = {}

    def time(self) -> int:
        """The latest block's timestamp, in seconds since 1970. Raises: NodeNotAnswering."""
        self._look()
        return self._time

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
        age = time.monotonic() - self._looked_at
        if age <= self._max_age:
            return
        # One asks for all; the others go on with what is known, as long as that is not too old.
        if not self._lock.acquire(blocking=age > PATIENCE * self._max_age):
            return
        try:
            if time.monotonic() - self._looked_at > self._max_age:
                began = time.monotonic()
                self._time = self._chain.chain_time()
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
