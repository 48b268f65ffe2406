"""How many took part by when. Heads as the chain has them; amounts only after the count, and never so fine that one lender's shows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

INTERVALS = 24
#: So many lenders at least stand behind each step in the amounts.
LENDERS_A_STEP = 5
RECORD_BYTES = 5


@dataclass(frozen=True)
class TurnoutPoint:
    """Up to `until` (seconds since 1970) so many lenders had voted; their fen, or None where it is not told."""

    until: int
    heads: int
    fen: int | None


@dataclass(frozen=True)
class Turnout:
    """Points from the opening to now or to the close; against what was admitted. `amounts_told` is false before the count."""

    points: tuple[TurnoutPoint, ...]
    admitted_heads: int
    admitted_fen: int
    amounts_told: bool


def lenders_by_time(
    recorded: Sequence[tuple[int, bytes]], time_of: Callable[[int], int], opens_at: int, until: int, closes_at: int
) -> list[tuple[int, list[int]]]:
    """For each interval's end, the indexes that voted for the first time in it.

    `recorded` are (block, packed records) in chain order; `time_of` gives a block's time and is asked as seldom as a search needs.
    """
    timed = cache(time_of)
    ends = [opens_at + (closes_at - opens_at) * step // INTERVALS for step in range(1, INTERVALS + 1)]
    ends = [end for end in ends if end < until] + [min(until, closes_at)]
    seen: set[int] = set()
    intervals, begin = [], 0
    for end in ends:
        stop = bisect_left(recorded, end, lo=begin, key=lambda record: timed(record[0]))
        fresh = []
        for _, packed in recorded[begin:stop]:
            for at in range(0, len(packed), RECORD_BYTES):
                index = int.from_bytes(packed[at : at + 4], "big")
                if index not in seen:
                    seen.add(index)
                    fresh.append(index)
        intervals.append((end, fresh))
        begin = stop
    return intervals


@dataclass(frozen=True)
class TurnoutStep:
    """An interval's end, how many had voted by then, and the lenders whose amounts join the picture there; None while they wait."""

    until: int
    heads: int
    joining: tuple[int, ...] | None


def steps_of(intervals: Sequence[tuple[int, list[int]]]) -> list[TurnoutStep]:
    """Amounts wait until enough lenders stand behind a step; what is left at the end joins the last step told."""
    steps: list[TurnoutStep] = []
    heads, waiting = 0, list[int]()
    left = sum(len(fresh) for _, fresh in intervals)
    for end, fresh in intervals:
        heads += len(fresh)
        left -= len(fresh)
        waiting += fresh
        joining = None
        # The last step takes the rest with it: else the difference to the published sum would show the few who came last.
        if not waiting or left == 0 or (len(waiting) >= LENDERS_A_STEP and left >= LENDERS_A_STEP):
            joining, waiting = tuple(waiting), []
        steps.append(TurnoutStep(end, heads, joining))
    return steps


def points_of(steps: Sequence[TurnoutStep], amount_of: Callable[[Sequence[int]], int] | None) -> tuple[TurnoutPoint, ...]:
    """Cumulative points; amounts only where they can be asked for."""
    points: list[TurnoutPoint] = []
    fen = 0
    for step in steps:
        told = None
        if amount_of is not None and step.joining is not None:
            fen += amount_of(step.joining) if step.joining else 0
            told = fen
        points.append(TurnoutPoint(step.until, step.heads, told))
    return tuple(points)
