"""What this program held in memory at its height.

`getrusage` is not asked: a process that another one started has that one's height for its own, if that was higher.
"""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> int:
    """Megabytes since the program began, or since `forget_peak`."""
    return peak_mb_of("self")


def peak_mb_of(process: int | str) -> int:
    """The same of another process; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0) // 1024


def forget_peak() -> None:
    """What is held now is the height from here on: a test sees what it took itself, not what one before it took."""
    Path("/proc/self/clear_refs").write_text("5")
