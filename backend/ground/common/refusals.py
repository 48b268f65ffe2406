"""How often each rule was broken since the process began; the rule's name only."""

from __future__ import annotations

import threading
from collections import Counter


class Refusals:
    """A count by rule that several threads may raise."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, rule: str) -> None:
        """One more."""
        with self._lock:
            self._counts[rule] += 1

    def snapshot(self) -> dict[str, int]:
        """The counts now."""
        with self._lock:
            return dict(self._counts)


REFUSALS = Refusals()
