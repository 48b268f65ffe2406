"""Clocks that are wrong, are set in the middle of the work, or stand still with the process or the machine."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.faults.closing import ClosingStage
from scripts.faults.stage import Fault, Stage

HOUR = 3600
#: Longer than the patience with a chain that makes no block.
SUSPENDED_SECONDS = 15


def wrong_at_start(seconds: int) -> Fault:
    """The machine comes up with a wrong clock, which is put right by a restart."""

    def happen(stage: Stage) -> float:
        stage.stack.end_backend()
        stage.stack.set_clock(seconds)
        stage.stack.start_backend()
        time.sleep(3)  # some ballots are taken by the wrong clock
        stage.stack.end_backend()
        stage.stack.set_clock(0)
        ended = time.monotonic()
        stage.stack.start_backend()
        return ended

    return happen


def set_while_running(seconds: int) -> Fault:
    """Backend and verifier see their clock jump, and jump back again."""

    def happen(stage: Stage) -> float:
        with wrong_clock(stage, seconds):
            time.sleep(2 + stage.dice.random() * 2)  # some ballots are taken by the wrong clock
        return time.monotonic()

    return happen


def service_suspended(stage: Stage) -> float:
    """The backend's process stands still, as on a machine that sleeps, while the chain goes on."""
    with stopped(stage.stack.backend.pid):
        time.sleep(SUSPENDED_SECONDS)  # the fault's own length
    return time.monotonic()


def node_suspended(stage: Stage) -> float:
    """The chain's process stands still: it neither answers nor makes blocks."""
    with stopped(stage.anvil_pid()):
        time.sleep(SUSPENDED_SECONDS)  # the fault's own length
    return time.monotonic()


def machine_suspended(stage: Stage) -> float:
    """Both stand still, and wake with a clock that has gone on."""
    with stopped(stage.stack.backend.pid), stopped(stage.anvil_pid()):
        time.sleep(SUSPENDED_SECONDS)  # the fault's own length
    return time.monotonic()


def leap_at_the_close(seconds: int) -> Fault:
    """In the last seconds of intake the clock leaps; lenders vote until they are told that it is over."""

    def happen(stage: Stage) -> float:
        assert isinstance(stage, ClosingStage)
        time.sleep(max(0.0, stage.intake_seconds_left() - 5 * stage.dice.random()))  # somewhere in the last seconds
        stage.stack.set_clock(seconds)
        stage.await_close()
        stage.stack.set_clock(0)
        return time.monotonic()

    return happen


@contextmanager
def wrong_clock(stage: Stage, seconds: int) -> Iterator[None]:
    """The wall clock of backend and verifier is so much ahead, or below 0 behind."""
    stage.stack.set_clock(seconds)
    try:
        yield
    finally:
        stage.stack.set_clock(0)


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process stands still."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


CLOCKS: dict[str, Fault] = {
    "clock 10 minutes ahead": wrong_at_start(600),
    "clock 10 minutes behind": wrong_at_start(-600),
    "clock steps an hour ahead and back": set_while_running(HOUR),
    "clock steps an hour back and ahead": set_while_running(-HOUR),
    "service suspended": service_suspended,
    "node suspended": node_suspended,
    "machine suspended": machine_suspended,
}
CLOCKS_AT_THE_CLOSE: dict[str, Fault] = {
    "clock leaps back an hour at the close": leap_at_the_close(-HOUR),
    "clock leaps ahead an hour at the close": leap_at_the_close(HOUR),
}
