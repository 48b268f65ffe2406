"""Time: UTC inside, Beijing time for people, a monotonic clock for waits, and clocks that tests can move.

The wall clock can step: an administrator sets it, NTP corrects it. So it is for what people read, and for spans that must outlive a
restart; whatever waits inside one process waits by the monotonic clock (docs/inside.md, "Clocks").
"""

from __future__ import annotations

import time
from collections.abc import Collection, Hashable
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
#: Linux's monotonic clock stands still while the machine is suspended; this one does not, and what waits has waited all the same.
_MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC; it can step either way."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; they never step, and mean nothing in another process."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the machine started, time in suspension included."""
        return time.clock_gettime(_MONOTONIC)


class MovableClock:
    """Clocks that stand still until they are moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """The moment it was last moved to."""
        return self._now

    def monotonic(self) -> float:
        """The seconds that have passed."""
        return self._monotonic

    def move(self, **span: float) -> None:
        """Let time pass, on both clocks: a timedelta given in its own words, such as `hours=2`."""
        self._now += timedelta(**span)
        self._monotonic += timedelta(**span).total_seconds()

    def step(self, **span: float) -> None:
        """Set the wall clock another way, forward or back; no time passes."""
        self._now += timedelta(**span)


class Ages:
    """How long things have stood, by the monotonic clock, from when this process first saw each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: dict[Hashable, float] = {}

    def of(self, thing: Hashable, already_seconds: float = 0.0) -> float:
        """Seconds since the thing was first seen, or began again; when it is seen first now, it counts as that old already."""
        now = self._clock.monotonic()
        return now - self._began.setdefault(thing, now - already_seconds)

    def begin(self, thing: Hashable) -> None:
        """Count from now."""
        self._began[thing] = self._clock.monotonic()

    def forget(self, thing: Hashable) -> None:
        """Seen again, it is new."""
        self._began.pop(thing, None)

    def keep(self, things: Collection[Hashable]) -> None:
        """Forget all others."""
        self._began = {thing: began for thing, began in self._began.items() if thing in things}


def from_unix(seconds: int) -> datetime:
    """A block timestamp as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def to_unix(moment: datetime) -> int:
    """Whole seconds since 1970, rounded down. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return int(moment.timestamp())


def say_beijing(moment: datetime, language: str = "zh") -> str:
    """A moment as people read it: `2026年11月23日（星期一）20:00（北京时间）`."""
    local = moment.astimezone(BEIJING)
    if language.startswith("zh"):
        return f"{local.year}年{local.month}月{local.day}日（星期{'一二三四五六日'[local.weekday()]}）{local:%H:%M}（北京时间）"
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} Beijing time"
