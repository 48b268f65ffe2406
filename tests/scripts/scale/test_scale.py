"""The calculation and the simulation of large loads keep what they are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.scale.__main__ import LOADS, USUAL_WRITE_SECONDS
from scripts.scale.databases import unfit_for_parts
from scripts.scale.flow import busiest
from scripts.scale.model import Load, breaks_first, chain, uses

SMALL = Load(polls=10, lenders=10_000, ballots=5_000, peak_ballots=3_000)


@pytest.mark.parametrize("load", [SMALL, replace(SMALL, polls=1), replace(SMALL, peak_ballots=60_000)])
def test_every_receipted_ballot__is_recorded(load: Load) -> None:
    seen = busiest(load, USUAL_WRITE_SECONDS)
    assert seen.receipted == seen.recorded
    assert seen.receipted >= load.peak_ballots - 1
    assert seen.longest_wait_s >= 30
    assert 0 < seen.fullest_block_percent <= 100


def test_a_slow_database__makes_ballots_wait_longer() -> None:
    quick, slow = busiest(SMALL, 0.001), busiest(replace(SMALL, polls=1000), 0.5)
    assert slow.receipted == slow.recorded
    assert slow.longest_wait_s > quick.longest_wait_s


def test_the_first_to_break__is_the_most_used() -> None:
    for load in LOADS.values():
        found = uses(load, USUAL_WRITE_SECONDS)
        assert found[breaks_first(found)] == max(found.values())
    assert chain(LOADS["a million lenders in one poll"])["blocks_filled"] < 200


def test_keys_that_do_not_name_the_poll__are_listed() -> None:
    found = unfit_for_parts()
    assert "ballots(number)" in found
    assert not any(one.startswith("ballots(digest") for one in found)
