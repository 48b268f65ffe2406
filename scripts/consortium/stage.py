"""A poll on a consortium's chain that faults happen to, under the load and with the check of `scripts.faults`; in real time."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from backend.ground.chain.errors import NodeNotAnswering
from scripts.consortium.cables import CabledNetwork
from scripts.consortium.stack import relay_address, settings_of
from scripts.consortium.validator import Validator
from scripts.faults.between import BadLine
from scripts.faults.closing import ClosingStage
from scripts.faults.stack import FaultyStack
from scripts.faults.stage import Stage
from scripts.generate.claims import generate
from scripts.rig.logins import make_members
from scripts.rig.opened import lead_to_poll
from scripts.rig.steps import OFFICIALS, unix
from scripts.rig.vote import Periods, Vote

NOTICE_SECONDS, CHALLENGE_SECONDS = 60, 5
BEFORE_CLOSE_SECONDS = 30


@dataclass
class Figures:
    """What the faults took, the worst of each, in seconds; heights and receipts in numbers."""

    pause_after_kill_s: float = 0.0
    quorum_back_to_block_s: float = 0.0
    catch_up_s: float = 0.0
    hung_catch_up_s: float = 0.0
    """Of a machine that stood still with its connections open: it finds the others anew only when they have timed out."""
    back_after_all_killed_s: float = 0.0
    height_lost: int = 0
    receipted_5s_after_halt: int = 0

    def worst(self, name: str, seconds: float) -> None:
        """Keep the longest."""
        setattr(self, name, max(getattr(self, name), round(seconds, 1)))


class ConsortiumFaultStack(FaultyStack):
    """The backend before a consortium's validators; the first organisation's node is asked over a line that can go bad."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self.network = CabledNetwork(data_dir / "chain-of-four", funded=[relay_address(data_dir)])
        self.network.start()
        self.rpc_url = self.network.validators[-1].url
        self.line = BadLine(self.network.validators[0].url)
        first, rest = self.network.rpc_setting.split(",", 1)
        self.environment |= settings_of(self.network, f"{first.split('=')[0]}={self.line.url},{rest}")

    def stop(self) -> None:
        """End backend, issuer, line and validators."""
        super().stop()
        self.line.stop()
        self.network.stop()


class ConsortiumStage(ClosingStage):
    """One poll for all faults; the last of them happens at its close."""

    lenders = 24

    def __init__(self, data_dir: Path, window_seconds: int) -> None:
        self._window_seconds = window_seconds
        self.consortium = ConsortiumFaultStack(data_dir)
        super().__init__(data_dir, stack=self.consortium)
        self.network = self.consortium.network
        self.figures = Figures()
        self.is_closing = False

    def hold_poll(self) -> Vote:
        """Open at its time by everybody's clock."""
        register_file, mobiles = generate(lenders=self.lenders, seed=6, out=self.stack.data_dir / "files")
        admin, officials, institution = make_members(self.stack, OFFICIALS)
        vote = Vote(self.stack, 6, admin, officials, institution, mobiles)
        vote.periods = Periods(NOTICE_SECONDS, self._window_seconds, CHALLENGE_SECONDS)
        lead_to_poll(vote, register_file, sealed=False)
        return vote

    def move_on(self) -> None:
        """Nobody moves this chain's clock. An old copy of the last validator's folder is laid aside."""
        self.closes_at = unix(self.poll["closes_at"])
        self.lay_copy_aside(self.network.validators[1])

    def lay_copy_aside(self, validator: Validator) -> None:
        """As a backup would, while it stands."""
        validator.stop()
        shutil.copytree(validator.data, validator.place.folder / "old-copy")
        validator.launch()
        validator.await_answer()
        self.network.await_equal(60)

    def begin(self) -> None:
        """Before the last fault: until shortly before the close."""
        if self.is_closing:
            time.sleep(max(0.0, self.closes_at - time.time() - self.cutoff_seconds - BEFORE_CLOSE_SECONDS))
        self._intake_ends = time.monotonic() + self.closes_at - time.time() - self.cutoff_seconds

    def vote(self, answers: list[bool]) -> None:
        """Some lenders; before the close, all until they are told that it is over."""
        (ClosingStage if self.is_closing else Stage).vote(self, answers)

    def count(self) -> list[str]:
        """What is wrong with the result, once there is one; and whether all validators tell the same chain."""
        wrong = super().count() if self.is_closing else []
        try:
            self.network.await_equal(60)
        except (TimeoutError, NodeNotAnswering) as error:
            return [*wrong, f"the validators' chains differ: {error}"]
        return wrong

    def longest_pause(self, since_height: int, seconds: float) -> float:
        """The longest time without a new block within so many seconds."""
        began = at = time.monotonic()
        height, longest = since_height, 0.0
        while (now := time.monotonic()) - began < seconds or now - at > seconds / 2:
            found = self.network.height()
            if found > height:
                longest, at, height = max(longest, now - at), now, found
            if now - began > 4 * seconds:
                return max(longest, now - at)
            time.sleep(0.03)  # a node tells nobody when a block comes
        return longest

    def restart(self, *validators: Validator) -> None:
        """Start them again, each from its own folder."""
        for one in validators:
            one.launch()
        for one in validators:
            one.await_answer()

    def receipts_now(self) -> int:
        """How many were given so far."""
        return len(self.receipts)

    def close(self) -> None:
        """End what was started here."""
        with contextlib.suppress(ProcessLookupError, OSError):
            for one in self.network.validators:
                if one.pid:
                    os.kill(one.pid, 18)  # SIGCONT, if a fault left it standing
        super().close()
