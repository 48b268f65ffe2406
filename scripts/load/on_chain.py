"""What stands on the chain, read from the node and not from the backend."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from backend.ground.chain.events import event_name, read_event
from backend.ground.chain.node import Node
from backend.ground.chain.poll import recorded_ballots
from scripts.load.offer import Held

Ballot = tuple[int, int, int]
LOOK_SECONDS = 0.5


class Recorded:
    """Every ballot that the poll's events name: (index, choice, sequence), and how often."""

    def __init__(self, rpc_url: str, poll: str) -> None:
        self._node = Node(rpc_url)
        self._poll = poll
        self._next = 0
        self.times: Counter[Ballot] = Counter()

    def read(self) -> None:
        """Read the blocks that came since the last look."""
        head = self._node.block().number
        if head < self._next:
            return
        for log in self._node.logs([self._poll], self._next, head):
            if event_name(log) == "BallotsRecorded":
                self.times.update((index, int(choice), sequence) for index, choice, sequence in recorded_ballots(read_event(log)))
        self._next = head + 1

    def missing(self, held: Sequence[Held]) -> int:
        """Receipts whose ballot is not on the chain."""
        return sum(1 for one in held if (one.index, one.choice, one.sequence) not in self.times)

    def doubled(self) -> int:
        """Ballots that the chain recorded more than once."""
        return sum(1 for times in self.times.values() if times > 1)

    def never_receipted(self, held: Sequence[Held]) -> int:
        """Ballots on the chain for which no phone holds a receipt."""
        return len(set(self.times) - {(one.index, one.choice, one.sequence) for one in held})

    def wait_for(self, held: Sequence[Held], seconds: float) -> float:
        """Read until every receipted ballot is there; the seconds it took, or `seconds` when it was not enough."""
        began = time.perf_counter()
        while True:
            self.read()
            passed = time.perf_counter() - began
            if passed >= seconds or not self.missing(held):
                return min(passed, seconds)
            time.sleep(LOOK_SECONDS)  # blocks come once a second
