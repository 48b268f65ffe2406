"""What planted polls and registers are like: rules are tuned on the first half, the figures are the second's."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

Span = tuple[int, int]


@dataclass(frozen=True)
class World:
    """Ranges from which a poll or register is drawn; `hours` weighs the hours of a day in Beijing."""

    ballots: Span
    days: Span
    officials: Span
    vouched_percent: Span
    halls: Span
    hall_size: Span
    hall_minutes: Span
    home_size: Span
    families: Span
    diligence_percent: Span
    reminder_times: Span
    hours: tuple[int, ...]
    register: Span
    like_amounts: tuple[int, ...]
    straws: Span
    device_lenders: Span
    altered_percent: Span


FIRST = World(
    ballots=(600, 3_000), days=(7, 9), officials=(3, 5), vouched_percent=(12, 18),
    halls=(0, 2), hall_size=(30, 60), hall_minutes=(120, 240),
    home_size=(10, 30), families=(20, 60), diligence_percent=(75, 130), reminder_times=(2, 3),
    hours=(1, 1, 1, 0, 0, 1, 3, 6, 9, 11, 11, 9, 8, 8, 9, 9, 8, 8, 9, 11, 12, 10, 6, 3),
    register=(2_000, 4_000), like_amounts=(5_000_000, 10_000_000, 20_000_000),
    straws=(9, 25), device_lenders=(9, 40), altered_percent=(5, 60),
)  # fmt: skip
SECOND = World(
    ballots=(1_200, 4_000), days=(7, 12), officials=(3, 5), vouched_percent=(10, 20),
    halls=(0, 3), hall_size=(25, 80), hall_minutes=(90, 300),
    home_size=(8, 45), families=(10, 90), diligence_percent=(70, 140), reminder_times=(2, 4),
    hours=(2, 1, 0, 0, 0, 1, 2, 5, 10, 13, 12, 8, 6, 9, 11, 10, 8, 6, 7, 10, 13, 12, 7, 3),
    register=(1_500, 5_000), like_amounts=(3_000_000, 8_000_000, 15_000_000, 30_000_000),
    straws=(8, 30), device_lenders=(8, 60),
    altered_percent=(3, 80),
)  # fmt: skip
HALVES = {"first": FIRST, "second": SECOND}
#: What the seeds of a half begin with. The second half was drawn again when the scan for bursts was mended after a look at its figures.
SEEDS = {"first": "first", "second": "second, drawn again"}


def drawn(random: Random, span: Span) -> int:
    """A number of the range, ends included."""
    return random.randint(*span)
