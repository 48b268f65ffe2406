"""A defect that comes back is written once in ten minutes, with how often it came; nothing else is left out."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from backend.ground.common.clock import MovableClock
from backend.ground.common.logs import configure_logging
from backend.ground.common.repeats import MOST_KNOWN, SECONDS, Repeats


class Written(logging.Handler):
    def __init__(self, clock: MovableClock) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.addFilter(Repeats(clock))

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 1, 5, tzinfo=UTC))


@pytest.fixture
def written(clock: MovableClock) -> Written:
    return Written(clock)


def log_of(written: Written) -> logging.Logger:
    log = logging.Logger("demo")
    log.addHandler(written)
    return log


def broken(kind: type[Exception]) -> None:
    raise kind("demo")


def defect(log: logging.Logger, what: str, kind: type[Exception] = ValueError) -> None:
    try:
        broken(kind)
    except Exception:
        log.exception("defect while finishing %s", what)


def test_the_same_defect_is_written_once_and_then_with_its_number(clock: MovableClock, written: Written) -> None:
    log = log_of(written)
    for _ in range(100):
        defect(log, "an opening")
    assert written.texts == ["defect while finishing an opening"]
    clock.move(seconds=SECONDS)
    defect(log, "an opening")
    defect(log, "an opening")
    assert written.texts[1:] == ["defect while finishing an opening (left out since it was last written: 99)"]
    clock.move(seconds=2 * SECONDS)
    defect(log, "an opening")
    assert written.texts[2:] == ["defect while finishing an opening (left out since it was last written: 1)"]


def test_another_defect_is_written_at_once(written: Written) -> None:
    log = log_of(written)
    defect(log, "an opening")
    defect(log, "an opening", KeyError)
    defect(log, "a decision")
    try:
        raise ValueError("elsewhere")  # noqa: TRY301 - where it was raised is what counts
    except ValueError:
        log.exception("defect while finishing %s", "an opening")
    assert len(written.texts) == 4


def test_what_has_no_trace_is_never_left_out(written: Written) -> None:
    log = log_of(written)
    for _ in range(3):
        log.error("a refusal")
    assert written.texts == ["a refusal"] * 3


def test_what_is_known_stays_bounded(written: Written) -> None:
    log = log_of(written)
    for number in range(MOST_KNOWN + 1):
        defect(log, "an opening", type(f"Demo{number}", (Exception,), {}))
    defect(log, "an opening", type("Demo0", (Exception,), {}))
    assert len(written.texts) == MOST_KNOWN + 2


def test_the_service_writes_so() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        assert any(isinstance(one, Repeats) for one in configure_logging().filters)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
