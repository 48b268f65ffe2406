"""How much of the processors each process used: a figure that other work on the machine changes little."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pid: int) -> float:
    """Seconds of processor time that a process has used so far, in and outside the system; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def ms_each(before: dict[str, float], after: dict[str, float], ballots: int) -> dict[str, float]:
    """Milliseconds of processor time for each ballot, by process."""
    return {name: round(1000 * (after[name] - before[name]) / max(ballots, 1), 2) for name in before}
