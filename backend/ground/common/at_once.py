"""So many at a time: dear work takes turns, and whoever would wait too long is asked to come again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from backend.ground.common.errors import TooMany


class Busy(TooMany):
    """All places for this work are taken."""

    zh = "正在处理的请求较多，请在 {wait}后再试。"
    en = "Many requests are being processed. Try again in {wait}."


class AtOnce:
    """A number of places; callers wait for one at most `wait_seconds`."""

    def __init__(self, places: int, wait_seconds: float) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._wait_seconds = wait_seconds

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place for the length of a block. Raises: Busy."""
        if not self._places.acquire(timeout=self._wait_seconds):
            raise Busy(retry_after_seconds=max(1, round(self._wait_seconds)))
        try:
            yield
        finally:
            self._places.release()
