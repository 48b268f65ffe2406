"""What anybody may ask of a sealed poll is bounded: indexes of invalid ballots come a page at a time."""

from __future__ import annotations

import pytest

from backend.vote.tally.schemas import INVALID_A_PAGE, ProgressOut
from backend.vote.tally.sealed import Progress

MANY = Progress(ballots=9000, lenders=8000, counted=7000, invalid=tuple(range(0, 5000, 2)))


@pytest.mark.parametrize(
    ("after", "first", "many", "further"),
    [(-1, 0, 1000, True), (1998, 2000, 1000, True), (1999, 2000, 1000, True), (3998, 4000, 500, False), (4998, None, 0, False)],
)
def test_indexes_of_invalid_ballots_come_a_page_at_a_time(after: int, first: int | None, many: int, further: bool) -> None:
    shown = ProgressOut.of(MANY, after)
    assert (shown.invalid_count, len(shown.invalid), shown.invalid_further) == (2500, many, further)
    assert shown.invalid[:1] == ([] if first is None else [first])


def test_every_index_is_on_one_page() -> None:
    found, after = [], -1
    while True:
        shown = ProgressOut.of(MANY, after)
        assert len(shown.invalid) <= INVALID_A_PAGE
        found += shown.invalid
        if not shown.invalid_further:
            break
        after = shown.invalid[-1]
    assert found == list(MANY.invalid)
