"""Official acts whose outcome was missed are finished by themselves: a node that did not answer, a process that was killed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from backend.ground.common.errors import LenderVoteError

RESUME_EVERY_SECONDS = 3.0

log = logging.getLogger(__name__)

Work = Callable[[], int]
"""Looks at the chain and finishes what a room left; how much came to its end."""


def resume_round(rooms: Sequence[Work]) -> int:
    """Ask every room once; one that fails does not hold up the others."""
    finished = 0
    for work in rooms:
        try:
            finished += work()
        except LenderVoteError as error:
            log.warning("what was left waits for the next round: %s", error.code)
        except Exception:
            log.exception("defect while finishing what was left; it goes on")
    return finished


def keep_resuming(rooms: Sequence[Work], ending: threading.Event) -> None:
    """Do that at once and again and again until told to end; for a thread of its own."""
    while True:
        finished = resume_round(rooms)
        if finished:
            log.info("finished %d acts whose outcome had been missed", finished)
        if ending.wait(RESUME_EVERY_SECONDS):
            return
