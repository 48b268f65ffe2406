"""From what the chain recorded to a result that people can follow; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from backend.ground.common.voting import Choice, Condition
from backend.vote.polls.rules import ClassCount, ConditionOutcome, carries, weigh

RECORD_BYTES = 5


def newest_choices(recorded: Iterable[bytes]) -> dict[int, Choice]:
    """Each lender's newest choice by index, from the BallotsRecorded events in chain order (protocol §8.2)."""
    choices: dict[int, Choice] = {}
    for packed in recorded:
        for at in range(0, len(packed), RECORD_BYTES):
            choices[int.from_bytes(packed[at : at + 4], "big")] = Choice(packed[at + 4] & 3)
    return choices


def without(packed: bytes, excluded: Collection[int]) -> bytes:
    """A BallotsRecorded event's data less the ballots of leaves that were taken out."""
    if not excluded:
        return bytes(packed)
    pieces = [packed[at : at + RECORD_BYTES] for at in range(0, len(packed), RECORD_BYTES)]
    return b"".join(piece for piece in pieces if int.from_bytes(piece[:4], "big") not in excluded)


@dataclass(frozen=True)
class ClassOutcome:
    """One class: what was admitted and cast, every condition with both its sides, and whether the class carries the plan."""

    name: str
    count: ClassCount
    conditions: tuple[ConditionOutcome, ...]
    carries: bool

    @property
    def absent_heads(self) -> int:
        """Lenders for whom no ballot was recorded. Silence is silence: they are shown as absent."""
        count = self.count
        return count.admitted_heads - count.heads_for - count.heads_against - count.heads_abstain

    @property
    def absent_fen(self) -> int:
        """Admitted amount of the absent."""
        count = self.count
        return count.admitted_fen - count.fen_for - count.fen_against - count.fen_abstain


def outcome_of(names: Sequence[str], conditions: Sequence[Condition], counts: Sequence[ClassCount]) -> tuple[ClassOutcome, ...]:
    """Every class under every condition, in the register's order."""
    return tuple(
        ClassOutcome(name, count, tuple(weigh(condition, count) for condition in conditions), carries(conditions, count))
        for name, count in zip(names, counts, strict=True)
    )
