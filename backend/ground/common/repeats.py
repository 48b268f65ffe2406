"""A defect that comes back every few seconds fills no disk: its trace is written once in a while, with how often it came."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from backend.ground.common.clock import Clock, SystemClock

SECONDS = 600
MOST_KNOWN = 500
Key = tuple[str, str, str, str, int]


@dataclass
class _Seen:
    at: float
    left_out: int = 0


class Repeats(logging.Filter):
    """Lets a trace through that is new, or that was not written for ten minutes; everything without a trace always."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__()
        self._clock = clock or SystemClock()
        self._seen: OrderedDict[Key, _Seen] = OrderedDict()
        self._lock = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; one that came meanwhile says so in its text."""
        key = _key_of(record)
        if key is None:
            return True
        now = self._clock.monotonic()
        with self._lock:
            seen = self._seen.get(key)
            if seen is not None and now - seen.at < SECONDS:
                seen.left_out += 1
                return False
            self._seen[key] = _Seen(now)
            self._seen.move_to_end(key)
            if len(self._seen) > MOST_KNOWN:
                self._seen.popitem(last=False)
        if seen is not None and seen.left_out:
            record.msg, record.args = f"{record.getMessage()} (left out since it was last written: {seen.left_out})", ()
        return True


def _key_of(record: logging.LogRecord) -> Key | None:
    """Who wrote what, and what was raised where; None without a trace."""
    if not record.exc_info or record.exc_info[0] is None:
        return None
    kind, _, trace = record.exc_info
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else trace.tb_frame.f_code.co_filename
    return record.name, record.getMessage(), kind.__qualname__, where, 0 if trace is None else trace.tb_lineno
