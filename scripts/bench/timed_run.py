"""One run of a program, with its time and the most memory that it and its children had."""

from __future__ import annotations

import json
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.build.contracts import ROOT

LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Run:
    """One run: wall-clock and processor seconds, the most memory that all its processes had together, exit code, last line."""

    seconds: float
    processor_seconds: float
    peak_mb: float
    code: int
    last: dict[str, object]


def run(command: Sequence[str], checkout: Path = ROOT) -> Run:
    """The program as a process of its own, by the sources of a checkout; its last line is JSON."""
    used, began, peak_kb = _processor_seconds(), time.perf_counter(), 0
    lines: list[str] = []
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True) as process:
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or []))
        reader.start()
        while process.poll() is None:
            peak_kb = max(peak_kb, sum(_memory_kb(pid) for pid in _family(process.pid)))
            reader.join(LOOK_EVERY_SECONDS)
        reader.join()
    seconds = time.perf_counter() - began
    last = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return Run(seconds, _processor_seconds() - used, peak_kb / 1024, process.returncode, last)


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return found
    for child in children:
        found += _family(int(child))
    return found


def _memory_kb(pid: int) -> int:
    """A process's share of the memory: what it shares with others is counted in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _processor_seconds() -> float:
    """Of all processes that this one has started and seen end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
