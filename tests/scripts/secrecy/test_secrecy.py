"""A small run of the search on a real installation: nothing is stored that opens a ballot, and what was planted is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scripts.secrecy import __main__ as secrecy
from scripts.secrecy.casting import hold
from scripts.secrecy.planting import Control

BALLOTS = 12


def searched(folder: Path) -> dict[str, Any]:
    """One poll, searched; half of its ballots stand for a fresh one."""
    control, stack = Control(), secrecy.installation("searched", folder)
    control.put_into_memory(stack)
    with stack:
        held = hold(stack, BALLOTS, seed=1)
        ballots = secrecy.ballots_of(stack, held)
        found = secrecy.search(stack, held, control)
    halves = ballots[: BALLOTS // 2], ballots[BALLOTS // 2 :]
    return found | {"told": secrecy.tell_choices(*halves), "fields": ballots[0][0]}


@pytest.mark.drill
def test_nothing_stored_opens_a_ballot_and_what_was_planted_is_found(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:  # a browser test before this one may have left its event loop running in this thread
        found = pool.submit(searched, tmp_path).result()
    assert (found["ballots"], found["found"], found["where"]) == (BALLOTS, 0, [])
    assert found["planted_missed"] == []
    assert found["planted_found"] == found["planted"] == 11
    assert found["stores_searched"] >= 13
    assert {"seal", "sealed_choice", "digest", "number", "received_at", "batch status", "journal length", "gas"} <= set(found["fields"])
    assert found["told"]["fields"] > 1000  # of six ballots no more is to be said
