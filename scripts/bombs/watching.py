"""How much memory a process and all that it started take, looked at again and again while something happens."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.rig.beside import Beside

LOOK_SECONDS = 0.02
STARTING_SECONDS = 0.5
"""A child that is about to become another program holds its parent's memory, which would be counted twice."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Watch(Beside):
    """A context manager; `peak_mb` is the most that processes and their children held together."""

    def __init__(self, pids: list[int]) -> None:
        super().__init__()
        self._pids = pids
        self.peak_mb = 0.0

    def work(self) -> None:
        """Look again and again."""
        while True:
            self.peak_mb = max(self.peak_mb, sum(resident_mb(pid) for pid in family(self._pids)))
            if self.ending.wait(LOOK_SECONDS):
                return


def family(pids: list[int]) -> Iterator[int]:
    """The processes and all below them, but for the chain's node: what that holds is not the bomb's."""
    waiting = [(pid, b"") for pid in pids]
    while waiting:
        pid, parent = waiting.pop()
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "anvil":
                continue
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if command != parent or _age(pid) > STARTING_SECONDS:
                yield pid
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [(int(child), command) for child in (task / "children").read_text().split()]


def _age(pid: int) -> float:
    """Seconds since the process began."""
    began = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]) / _TICKS
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began


def resident_mb(pid: int) -> float:
    """What a process holds in memory now, shared pages divided among those who share them; 0 when it has ended."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0


def processor_seconds(pids: list[int]) -> float:
    """What the processes and those of theirs that have ended took of the processor."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15]) / _TICKS
    return total
