"""A step that lacks what an earlier one should have established says which step that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verifier.tally.findings import Blocked, StepLog
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recount import Options, Recount
from verifier.tally.steps import STEPS

#: The step that establishes each fact.
ESTABLISHES = {
    1: ("scene", "sight"),
    2: ("terms",),
    3: ("register",),
    4: ("plan_hash",),
    6: ("ballots",),
    7: ("count",),
    8: ("result",),
    10: ("decision",),
}
#: The steps that each step waits for, before it looks at anything.
NEEDS = {
    2: [1], 3: [1, 2], 4: [1, 2], 5: [2], 6: [1, 2, 3], 7: [3, 6], 8: [1, 2], 9: [1, 2, 8], 10: [1, 8], 11: [1, 2, 6], 12: [1],
    13: [1, 2, 6],
}  # fmt: skip


def blocked_by(recount: Recount, number: int) -> int:
    """The step that this step waits for now; 0 when it waits for none."""
    (check,) = [check for found, _, check in STEPS if found == number]
    try:
        check(recount, StepLog(number, "a step"))
    except Blocked as blocked:
        return blocked.step
    except Exception:  # it has all it asks for at its beginning, and then met what stands in for it here
        return 0
    return 0


@pytest.mark.parametrize("number", NEEDS)
def test_step__names_the_steps_that_it_waits_for(number: int, tmp_path: Path) -> None:
    nothing: Any = object()
    recount = Recount(nothing, Published(tmp_path), Progress(), Options(issuer_logs=(tmp_path / "log.jsonl",)))
    seen = []
    while step := blocked_by(recount, number):
        missing = [fact for fact in ESTABLISHES[step] if getattr(recount, fact) is None]
        assert missing, f"step {step} has established all of its facts"
        for fact in missing:
            setattr(recount, fact, nothing)
        seen.append(step)
    assert seen[: len(NEEDS[number])] == NEEDS[number]
