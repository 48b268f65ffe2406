"""Whether blocks still come, judged by what this process saw of the chain's head and by its monotonic clock.

Nodes of a chain that stands still go on answering, and the chain's own time stands still with it: neither tells that nothing can be
recorded any more. What tells is the newest block, seen again and again.
"""

from __future__ import annotations

import statistics
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass

from backend.ground.chain.calls import Block
from backend.ground.common.clock import Clock, to_unix

#: Usual pauses between blocks that may pass before the chain counts as halted, when that is longer than the setting; but never so long
#: that a chain which makes blocks for transactions only, and is not said to, would pass for alive all day.
PAUSES, MOST_PATIENCE_SECONDS = 5, 120.0
#: A round of votes among nodes is lost now and then; the usual pause is that of most blocks, not of the worst.
KEPT_PAUSES = 16
KEPT_HASHES = 64


@dataclass(frozen=True)
class Beat:
    """The newest block and when it was first seen, on the monotonic clock: asked for at `asked_at`, just before it was shown."""

    block: Block
    asked_at: float


class Pulse:
    """The chain's head as it moves; safe to use from many threads."""

    def __init__(self, clock: Clock, halt_seconds: float, block_seconds: float = 0.0, *, regular: bool = True) -> None:
        self._clock = clock
        self._regular = regular  # pauses say nothing where blocks are made for transactions only
        self._halt_seconds = halt_seconds
        self._pauses: deque[float] = deque([block_seconds] if block_seconds else [], maxlen=KEPT_PAUSES)
        self._hashes: OrderedDict[str, None] = OrderedDict()
        self._beat: Beat | None = None
        self._looked_at = float("-inf")
        self._lock = threading.Lock()
        self.is_proved = False
        """Whether a block came while this process watched: only then is the head known to be a living chain's."""

    def note(self, block: Block, asked_at: float) -> None:
        """A node showed this head when it was asked at `asked_at` on the monotonic clock."""
        with self._lock:
            if asked_at < self._looked_at:
                return  # an answer that took longer than a later one
            # A head that was seen before is no life: two nodes, one of them behind, show it in turns.
            if block.hash not in self._hashes:
                self._take(block, asked_at)
            self._looked_at = asked_at

    def _take(self, block: Block, asked_at: float) -> None:
        self._hashes[block.hash] = None
        if len(self._hashes) > KEPT_HASHES:
            self._hashes.popitem(last=False)
        if self._beat is not None:
            blocks = block.number - self._beat.block.number
            if blocks > 0:
                self._pauses.append((asked_at - self._beat.asked_at) / blocks)
            self.is_proved = True
        self._beat = Beat(block, asked_at)

    @property
    def usual_pause_seconds(self) -> float:
        """Seconds between two blocks, as most were seen; 0 while that is unknown."""
        with self._lock:
            return statistics.median(self._pauses) if self._pauses else 0.0

    @property
    def patience_seconds(self) -> float:
        """Seconds without a block after which the chain counts as halted."""
        usual = min(PAUSES * self.usual_pause_seconds, MOST_PATIENCE_SECONDS) if self._regular else 0.0
        return max(self._halt_seconds, usual)

    @property
    def still_seconds(self) -> float:
        """How long the head is known to have stood: between the first look that showed it and the last that did."""
        with self._lock:
            return max(self._looked_at - self._beat.asked_at, 0.0) if self._beat is not None else 0.0

    @property
    def stands_still(self) -> bool:
        """Whether no block came for longer than patience allows."""
        return self.still_seconds > self.patience_seconds

    @property
    def is_alive(self) -> bool:
        """Whether a receipt may be given: a block came while this process watched, and not too long ago."""
        return self.is_proved and not self.stands_still

    @property
    def head(self) -> Block | None:
        """The newest block seen."""
        with self._lock:
            return self._beat.block if self._beat is not None else None

    def latest_time(self) -> int:
        """The time that the next block will bear at least, as far as can be told: the newest one's and what has passed since it was seen.

        Until a block has come while this process watched, the head may be old, and the machine's own clock is believed where it is later.
        """
        with self._lock:
            beat = self._beat
        if beat is None:
            return to_unix(self._clock.now())
        passed = beat.block.timestamp + int(self._clock.monotonic() - beat.asked_at)
        return passed if self.is_proved else max(passed, to_unix(self._clock.now()))
