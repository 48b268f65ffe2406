"""Rounds beside the requests: whatever one of them ends in, the next one comes."""

from __future__ import annotations

import logging
import threading

import pytest

from backend.ground.common.errors import LenderVoteError
from backend.ground.common.rounds import LATE_SECONDS, AllRounds, Rounds

RULE, DEFECT = LenderVoteError(), RuntimeError("a defect")


class Ending(threading.Event):
    """Notes how long each pause is, and waits for none; set after so many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.pauses.append(timeout)
        return len(self.pauses) > self._most


def test_a_round_that_fails_does_not_end_the_later_ones(caplog: pytest.LogCaptureFixture) -> None:
    ends: list[Exception | None] = [None, RULE, DEFECT, None]
    ending = Ending(len(ends))

    def work() -> None:
        end = ends.pop(0)
        if end is not None:
            raise end

    with caplog.at_level(logging.WARNING):
        Rounds(name="the work", work=work, every_seconds=60, first_seconds=5, again_seconds=2).run(ending)
    assert not ends
    assert ending.pauses == [5, 60, 2, 60, 60]
    assert [(each.levelname, "the work" in each.getMessage()) for each in caplog.records] == [("WARNING", True), ("ERROR", True)]


def test_the_first_round_comes_at_once_unless_said_otherwise() -> None:
    ending = Ending(1)
    Rounds(name="the work", work=lambda: None, every_seconds=60).run(ending)
    assert ending.pauses == [0, 60]


def test_the_thread_ends_when_told() -> None:
    ending, done = threading.Event(), threading.Event()
    thread = Rounds(name="the work", work=done.set, every_seconds=3600).start(ending)
    assert done.wait(10)
    ending.set()
    thread.join(10)
    assert not thread.is_alive()


def test_how_rounds_went_is_told() -> None:
    ends: list[Exception | None] = [RULE, None, DEFECT]
    faults: list[str] = []

    def work() -> None:
        faults.append(told.fault())
        end = ends.pop(0)
        if end is not None:
            raise end

    told = Rounds(name="the work", work=work, every_seconds=60)
    told.run(Ending(3))
    assert [bool(fault) for fault in faults] == [False, True, False]
    assert type(RULE).__name__ in faults[1]
    assert told.fault() == f"rounds: the work fails, for 0 s: {type(DEFECT).__name__}"
    assert (told.course.succeeded is None, told.course.failed is None) == (False, False)


def test_rounds_that_hang_are_told() -> None:
    ending, rounds = threading.Event(), AllRounds()
    assert rounds.faults() == []
    rounds.start([Rounds(name="the work", work=ending.wait, every_seconds=60)], ending)
    assert rounds.faults() == []
    rounds.rounds[0].course.began -= 60 + LATE_SECONDS + 1
    assert ["come to no end" in fault for fault in rounds.faults()] == [True]
    ending.set()
