"""Work that comes round again and again beside the requests: one round that fails does not end all later ones."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from backend.ground.common.errors import LenderVoteError

log = logging.getLogger(__name__)


#: Seconds beyond its pause after which a round that has not come to its end is said to hang.
LATE_SECONDS = 120.0


@dataclass
class Course:
    """How rounds went, on the monotonic clock: when the first was awaited, when one last succeeded, and what the last one failed by."""

    began: float = field(default_factory=time.monotonic)
    succeeded: float | None = None
    failed: float | None = None
    failure: str = ""

    @property
    def since_success_seconds(self) -> float:
        """Since a round last succeeded; where none did, since they were set up."""
        return time.monotonic() - (self.began if self.succeeded is None else self.succeeded)

    def note(self, failure: str) -> None:
        """A round came to its end; an empty text is a success."""
        if failure:
            self.failed = time.monotonic()
        else:
            self.succeeded = time.monotonic()
        self.failure = failure


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """One kind of work, on a thread of its own.

    The first round is `first_seconds` after the start, each next one `every_seconds` after the one before; after a round that a rule or
    a node stopped, `again_seconds`.
    """

    name: str
    work: Callable[[], object]
    every_seconds: float
    first_seconds: float = 0.0
    again_seconds: float | None = None
    course: Course = field(default_factory=Course, compare=False)

    def start(self, ending: threading.Event) -> threading.Thread:
        """The thread; it ends with the round that is under way when `ending` is set."""
        thread = threading.Thread(target=self.run, args=(ending,), name=self.name, daemon=True)
        thread.start()
        return thread

    def run(self, ending: threading.Event) -> None:
        """Rounds until told to end; what fails is logged and tried again."""
        pause = self.first_seconds
        while not ending.wait(pause):
            pause = self.every_seconds
            try:
                self.work()
                self.course.note("")
            except LenderVoteError as error:
                log.warning("%s: the next round tries again after: %s", self.name, error)
                pause = self.every_seconds if self.again_seconds is None else self.again_seconds
                self.course.note(error.code)
            except Exception as error:
                self.course.note(type(error).__name__)
                log.exception("defect in %s; the next round comes all the same", self.name)

    def fault(self) -> str:
        """What is wrong with them, in words for the runbook; "": nothing."""
        since = self.course.since_success_seconds
        if self.course.failure:
            return f"rounds: {self.name} fails, for {since:.0f} s: {self.course.failure}"
        late = self.first_seconds + self.every_seconds + LATE_SECONDS
        return f"rounds: {self.name} has come to no end for {since:.0f} s" if since > late else ""


@contextmanager
def raised_at_the_end() -> Iterator[list[Exception]]:
    """Where one of many that fails must not hold up the others: what they fail by is gathered here, and the first is raised after all."""
    failures: list[Exception] = []
    yield failures
    if failures:
        raise failures[0]


class AllRounds:
    """What comes round again and again beside the requests of one service; nothing before it is started."""

    def __init__(self) -> None:
        self.rounds: Sequence[Rounds] = ()

    def start(self, rounds: Sequence[Rounds], ending: threading.Event) -> None:
        """A thread for each."""
        self.rounds = tuple(rounds)
        for one in self.rounds:
            one.start(ending)

    def faults(self) -> list[str]:
        """Those that fail or hang, in words for the runbook."""
        return [fault for fault in (one.fault() for one in self.rounds) if fault]
