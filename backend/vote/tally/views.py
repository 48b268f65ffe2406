"""A result as the other rooms and the pages see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.ground.chain.values import ClassTally
from backend.vote.polls.rules import ClassCount
from backend.vote.polls.views import PollView
from backend.vote.tally import rules
from backend.vote.tally.exclusion import ExcludedLeaf
from backend.vote.tally.rules import ClassOutcome


@dataclass(frozen=True)
class MotionResult:
    """What came of one motion, in every class; an open poll has one, with the plan's title."""

    title: str
    classes: tuple[ClassOutcome, ...]
    tallies: tuple[ClassTally, ...]
    passed: bool


@dataclass(frozen=True)
class SealedPart:
    """What a sealed poll's result has besides: lenders whose newest ballot was invalid, by index, and how many by class; and when a breach
    was reported."""

    invalid: tuple[int, ...]
    broken_at: datetime | None
    invalid_by_class: tuple[int, ...]


@dataclass(frozen=True)
class ResultView:
    """A poll's result as the contract holds it; `decision` is approved, refused or None, `excluded` the leaves that hold no claim.

    `classes` are those of the first motion, `tallies` those of all, motion by motion; `passed` says whether any motion did.
    """

    poll_id: str
    motions: tuple[MotionResult, ...]
    result_hash: bytes
    challenge_ends_at: datetime
    approvals: int
    refusals: int
    decision: str | None
    excluded: tuple[ExcludedLeaf, ...]
    sealed: SealedPart | None = None

    @property
    def classes(self) -> tuple[ClassOutcome, ...]:
        """The first motion's."""
        return self.motions[0].classes

    @property
    def tallies(self) -> tuple[ClassTally, ...]:
        """As the contract lists them."""
        return tuple(tally for motion in self.motions for tally in motion.tallies)

    @property
    def passed(self) -> bool:
        """Whether there is anything to approve."""
        return any(motion.passed for motion in self.motions)


def classes_of(poll: PollView, tallies: Sequence[ClassTally], admitted: Sequence[tuple[int, int]]) -> tuple[ClassOutcome, ...]:
    """Every class of one motion, by what was admitted and cast."""
    counts = [
        ClassCount(
            heads,
            fen,
            tally.heads_for,
            tally.heads_against,
            tally.heads_abstain,
            tally.fen_for,
            tally.fen_against,
            tally.fen_abstain,
        )
        for (heads, fen), tally in zip(admitted, tallies, strict=True)
    ]
    return rules.outcome_of([each.name for each in poll.classes], poll.conditions, counts)
