"""What a ballot costs is written down; a change of more than 1 % is seen, and accepted or not, by a person."""

from __future__ import annotations

import json

import pytest

from scripts.bench_gas import SNAPSHOT, measure, moved


@pytest.fixture(scope="module")
def figures() -> dict[str, int]:
    return measure()


def test_gas_is_what_the_snapshot_says(figures: dict[str, int]) -> None:
    changes = moved(figures, json.loads(SNAPSHOT.read_text()))
    assert not changes, "; ".join([*changes, "accept it with `python -m scripts.bench_gas --renew`"])


def test_a_page_costs_a_tenth_of_a_governor_s_vote(figures: dict[str, int]) -> None:
    """Half turnout and a tenth, at a million lenders, with every signature checked."""
    assert figures["page_50"] <= 10_000
    assert figures["relay_50"] <= 10_000
    assert figures["page_10"] <= 16_000


def test_a_change_of_more_than_one_percent_is_named() -> None:
    assert moved({"page_50": 1009}, {"page_50": 1000}) == []
    assert moved({"page_50": 1011}, {"page_50": 1000}) == ["page_50: 1,000 -> 1,011"]
    assert moved({"page_50": 989, "direct": 5}, {"page_50": 1000}) == ["direct: 0 -> 5", "page_50: 1,000 -> 989"]
