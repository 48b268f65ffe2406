"""What is measured while a vote runs: the pauses between blocks, and the memory of validators and backend."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from scripts.consortium.network import Network
from scripts.consortium.validator import memory_of
from scripts.rig.beside import Beside

LOOK_SECONDS = 0.02
MEMORY_EVERY_SECONDS = 5.0


class Watch(Beside):
    """Looks at the chain's head from a thread of its own; a context manager."""

    def __init__(self, network: Network, pids: Sequence[int] = ()) -> None:
        super().__init__()
        self._network = network
        self.pids = list(pids)
        self.pauses: list[float] = []
        self.most_bytes = 0

    def work(self) -> None:
        """Look again and again."""
        seen, at, looked = self._network.height(), time.monotonic(), 0.0
        while not self.ending.wait(LOOK_SECONDS):
            now, height = time.monotonic(), self._network.height()
            if height > seen >= 0:
                self.pauses.append((now - at) / (height - seen))
            if height > seen:
                seen, at = height, now
            if now - looked > MEMORY_EVERY_SECONDS:
                looked = now
                self.most_bytes = max(self.most_bytes, self._network.memory_bytes() + sum(memory_of(pid) for pid in self.pids))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so many of them are; 0 of none."""
    found = sorted(values)
    return found[min(len(found) - 1, int(share * len(found)))] if found else 0.0


def inclusions(database: Path) -> list[float]:
    """Seconds from the relay's signing of each transaction until the backend saw it in a block."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT created_at, finished_at FROM chain_transactions WHERE finished_at IS NOT NULL").fetchall()
    return [(datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() for start, end in rows]
