"""How often somebody may ask: leaky buckets, by the clock that is handed in."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.issuer.errors import TooOften

_MOST_BUCKETS = 4096


@dataclass(frozen=True)
class Rate:
    """`a_minute` questions for each name, as many at once; a clock that steps back is to nobody's disadvantage."""

    a_minute: int
    clock: Callable[[], float]
    _filled: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str) -> None:
        """Raises: TooOften."""
        now = self.clock()
        with self._lock:
            level, at = self._filled.pop(name, (0.0, now))
            level = max(0.0, level - max(0.0, now - at) * self.a_minute / 60)
            full = level + 1 > self.a_minute
            self._filled[name] = (level if full else level + 1, now)
            if len(self._filled) > _MOST_BUCKETS:
                del self._filled[next(iter(self._filled))]
        if full:
            raise TooOften(retry_after_seconds=max(1, math.ceil((level + 1 - self.a_minute) * 60 / self.a_minute)))
