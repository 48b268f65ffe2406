"""Official acts whose outcome was missed are finished by themselves: a node that did not answer, a process that was killed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from backend.ground.common.errors import LenderVoteError
from backend.ground.common.rounds import Rounds, raised_at_the_end

RESUME_EVERY_SECONDS = 3.0

log = logging.getLogger(__name__)

Work = Callable[[], int]
"""Looks at the chain and finishes what a room left; how much came to its end."""


def resume_round(rooms: Sequence[Work]) -> int:
    """Ask every room once; one that fails does not hold up the others. Raises: what the first of them failed by, after all were asked."""
    finished = 0
    with raised_at_the_end() as failures:
        for work in rooms:
            try:
                finished += work()
            except LenderVoteError as error:
                log.warning("what was left waits for the next round: %s", error.code)
                failures.append(error)
            except Exception as error:
                log.exception("defect while finishing what was left; it goes on")
                failures.append(error)
        if finished:
            log.info("finished %d acts whose outcome had been missed", finished)
    return finished


def resuming(rooms: Sequence[Work]) -> Rounds:
    """That, at once and again and again."""
    return Rounds(name="resumption", work=lambda: resume_round(rooms), every_seconds=RESUME_EVERY_SECONDS)
