"""Where a session in front of the camera stands; free of numpy, so that the process that asks stays small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from verifier.face.challenge import NEUTRAL_SECONDS, SESSION_SECONDS, STEP_SECONDS, STEPS, StepKind


@dataclass
class LivenessState:
    """Where a session stands; plain values, so that it travels as JSON. Times in seconds of the server's clock.

    `looks` are the hashes of the frames that ended a step, `trail` those of every frame with a face. `turned` has one row for each
    frame of the present step that was turned as asked (`signals.turn_of`).
    """

    steps: list[StepKind]
    began_at: float
    step_began_at: float
    step: int = 0
    frames: int = 0
    near: list[int] | None = None
    neutral: list[list[float]] = field(default_factory=list)
    base: list[float] | None = None
    base_points: list[list[float]] | None = None
    settled: bool = False
    closed: bool = False
    turned: list[list[float]] = field(default_factory=list)
    wrong: int = 0
    doubted: bool = False
    keys: list[str] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    hint: dict[str, str] | None = None
    failed: dict[str, str] | None = None

    @property
    def done(self) -> bool:
        """Every step was seen."""
        return self.step > STEPS and not self.failed

    @property
    def kind(self) -> StepKind:
        """What is asked now."""
        return self.steps[min(self.step, STEPS) - 1] if self.step else "neutral"

    @property
    def kind_before(self) -> StepKind:
        """What was asked before that."""
        return self.steps[self.step - 2] if self.step > 1 else "neutral"

    @classmethod
    def begin(cls, steps: Sequence[StepKind], now: float) -> LivenessState:
        """A session that has seen nothing."""
        return cls(list(steps), now, now)

    def next_step(self, now: float) -> None:
        """What was seen for one step counts for no other."""
        self.step += 1
        self.step_began_at, self.settled, self.closed, self.turned, self.wrong, self.doubted = now, False, False, [], 0, False

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def seconds_left(self, now: float) -> tuple[float, float]:
        """Of the present step and of the whole session; below zero when it is over."""
        whole = self.began_at + SESSION_SECONDS - now
        return min(whole, self.step_began_at + (STEP_SECONDS if self.step else NEUTRAL_SECONDS) - now), whole
