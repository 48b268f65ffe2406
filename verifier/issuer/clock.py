"""The issuer's clocks: one that people read, which can step, and one for waits, which cannot.

What waits inside the process goes by the monotonic clock. Counts over an hour or a day outlive a restart, so the other one keeps them,
and what a clock that ran ahead wrote counts from now on. A poll's window goes by the chain's time, never by these.
"""

from __future__ import annotations

import time
from typing import Protocol

#: Linux's monotonic clock stands still while the machine is suspended; this one does not.
_MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Whatever tells the time."""

    def __call__(self) -> float:
        """Seconds since 1970; they can step either way."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; they never step."""
        ...


class SystemClock:
    """The machine's clocks."""

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since the machine started, time in suspension included."""
        return time.clock_gettime(_MONOTONIC)
