"""How many messages a line may get now: as many a second as its provider allows, less after it complained."""

from __future__ import annotations

from backend.ground.common.clock import Clock
from backend.people.notices.gateways import Line

REST_SECONDS = 2.0


class Throttle:
    """A bucket for each line, by the monotonic clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._filled: dict[int, tuple[float, float]] = {}
        self._rests: dict[int, float] = {}

    def room(self, line: Line) -> int:
        """How many messages may go now."""
        now = self._clock.monotonic()
        if now < self._rests.get(id(line), 0.0):
            return 0
        had, since = self._filled.get(id(line), (line.per_second, now))
        had = min(had + (now - since) * line.per_second, max(line.per_second, line.gateway.most_at_once))
        self._filled[id(line)] = had, now
        return int(had)

    def take(self, line: Line, count: int) -> None:
        """So many go."""
        had, since = self._filled.get(id(line), (line.per_second, self._clock.monotonic()))
        self._filled[id(line)] = had - count, since

    def rest(self, line: Line) -> None:
        """The provider complained: nothing for a while."""
        self._rests[id(line)] = self._clock.monotonic() + REST_SECONDS
