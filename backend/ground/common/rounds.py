"""Work that comes round again and again beside the requests: one round that fails does not end all later ones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from backend.ground.common.errors import LenderVoteError

log = logging.getLogger(__name__)


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
            except LenderVoteError as error:
                log.warning("%s: the next round tries again after: %s", self.name, error)
                pause = self.every_seconds if self.again_seconds is None else self.again_seconds
            except Exception:
                log.exception("defect in %s; the next round comes all the same", self.name)
