"""An installation of its own whose poll is about to close: lenders vote until they are told that it is over, then it is counted."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import httpx

from scripts.faults.stack import FaultyStack
from scripts.faults.stage import Stage
from scripts.rig.chain_access import ChainAccess
from scripts.rig.steps import open_sums, unix

CUTOFF_SECONDS = 10
OVER = {"IntakeOver", "PollClosed"}


class ClosingStage(Stage):
    """A poll in its last seconds, by the chain's time, which is this machine's from then on."""

    intake_seconds = 12
    """Intake that is left when the load begins."""
    cutoff_seconds = CUTOFF_SECONDS

    def __init__(self, data_dir: Path, stack: FaultyStack | None = None) -> None:
        super().__init__(data_dir, stack=stack)
        self.stack.environment["LENDERVOTE_INTAKE_CUTOFF_SECONDS"] = str(self.cutoff_seconds)
        self._intake_ends = 0.0

    def move_on(self) -> None:
        """Called before lenders get their credentials."""
        self.closes_at = unix(self.poll["closes_at"])
        # Credentials take some seconds; the rest of the way is gone just before the load.
        ChainAccess(self.stack.rpc_url).move_to(self.closes_at - 300)

    def begin(self) -> None:
        """Move to the last seconds of intake; from here on chain and machine go at the same pace."""
        ChainAccess(self.stack.rpc_url).move_to(self.closes_at - self.cutoff_seconds - self.intake_seconds)
        self._intake_ends = time.monotonic() + self.intake_seconds

    def intake_seconds_left(self) -> float:
        """Seconds until the cut-off."""
        return self._intake_ends - time.monotonic()

    def vote(self, answers: list[bool]) -> None:
        """Lender after lender, until one is told that it is over."""
        while self.refused not in OVER:
            taken = self.hand_in(self.next_ballots(1)[0])
            if taken or self.refused not in OVER:
                answers.append(taken)
            time.sleep(0.1)  # lenders come one after the other

    def await_close(self, seconds: float = 60) -> None:
        """Until the contract's window is over, by the chain."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError, KeyError):
                if self._look()["stage"] == "closed":
                    return
            time.sleep(0.2)  # a stage has no event
        raise TimeoutError("the poll did not close")

    def count(self) -> list[str]:
        """Open the sums, as an official does; what is wrong with the result."""
        self.await_close()
        poll = self.poll["id"]
        open_sums(self.electorate.vote.officials[0].api, poll)
        result = self.http.get(f"/api/polls/{poll}/result", timeout=60).json()
        heads = [sum(tally[f"heads_{name}"] for tally in result["classes"]) for name in ("for", "against", "abstain")]
        model = [sum(choice == wanted for choice, _ in self.recorded_newest().values()) for wanted in (1, 2, 3)]
        return [] if heads == model else [f"counted {heads}, not {model}"]

    def _look(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get(f"/api/polls/{self.poll['id']}", timeout=5).json()
        return answer
