"""Turnout over time: each lender once, at the first ballot; and no step of the amounts with fewer than five behind it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.vote.tally.turnout import INTERVALS, LENDERS_A_STEP, lenders_by_time, points_of, steps_of

OPENS, CLOSES = 1_000_000, 1_024_000


def record(*indexes: int) -> bytes:
    return b"".join(index.to_bytes(4, "big") + b"\x05" for index in indexes)


def test_a_lender_counts_once_when_first_seen_and_blocks_are_asked_seldom() -> None:
    blocks = [(number, record(number % 400)) for number in range(4000)]
    asked: list[int] = []

    def time_of(block: int) -> int:
        asked.append(block)
        return OPENS + 6 * block

    intervals = lenders_by_time(blocks, time_of, OPENS, CLOSES, CLOSES)
    assert len(intervals) == INTERVALS
    assert sorted(index for _, fresh in intervals for index in fresh) == list(range(400))
    assert [index for _, fresh in intervals[:3] for index in fresh] == list(range(400)), "all came early; changes later count for nothing"
    assert len(asked) < 400


def test_while_it_is_open_the_line_ends_now() -> None:
    intervals = lenders_by_time([(1, record(1, 2))], lambda _: OPENS + 10, OPENS, OPENS + 1500, CLOSES)
    assert [end for end, _ in intervals] == [OPENS + 1000, OPENS + 1500]
    assert [(point.heads, point.fen) for point in points_of(steps_of(intervals), None)] == [(2, None), (2, None)]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=24))
def test_no_step_of_the_amounts_shows_fewer_than_five(sizes: list[int]) -> None:
    numbers = iter(range(10_000))
    intervals = [(place, [next(numbers) for _ in range(size)]) for place, size in enumerate(sizes)]
    points = points_of(steps_of(intervals), lambda indexes: sum(2**index for index in indexes))
    told = [point.fen for point in points if point.fen is not None]
    assert told[-1] == 2 ** sum(sizes) - 1, "the last point is the whole, which is published anyway"
    behind = [bin(after - before).count("1") for before, after in zip([0, *told], told, strict=False)]
    assert all(count == 0 or count >= min(LENDERS_A_STEP, sum(sizes)) for count in behind)
