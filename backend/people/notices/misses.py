"""Codes that were none of ours, counted by network address, so that nobody guesses many."""

from __future__ import annotations

import threading
from collections import OrderedDict

from backend.ground.common.clock import Clock
from backend.people.notices.errors import ChecksMany

MOST_AN_HOUR, WINDOW_SECONDS, ADDRESSES = 60, 3600, 10_000


class Misses:
    """Of one process; a code has 59 bits, so that more than this is not needed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises: ChecksMany."""
        with self._lock:
            began, count = self._counted.get(address, (0.0, 0))
        left = began + WINDOW_SECONDS - self._clock.monotonic()
        if count >= MOST_AN_HOUR and left > 0:
            raise ChecksMany(retry_after_seconds=int(left) + 1)

    def note(self, address: str) -> None:
        """One more."""
        now = self._clock.monotonic()
        with self._lock:
            began, count = self._counted.get(address, (now, 0))
            self._counted[address] = (now, 1) if now - began >= WINDOW_SECONDS else (began, count + 1)
            self._counted.move_to_end(address)
            while len(self._counted) > ADDRESSES:
                self._counted.popitem(last=False)
