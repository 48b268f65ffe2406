"""The classifier learns what can be learnt, and tells nothing where there is nothing to tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from scripts.secrecy.__main__ import Ballots, control_of, is_good, tell_choices
from scripts.secrecy.fields import matrix
from scripts.secrecy.stumps import train, wilson


def ballots(seed: int, count: int = 300) -> Ballots:
    """Fields of chance, as of sealed ballots."""
    dice = np.random.default_rng(seed)
    rows = [{"seal": dice.bytes(32), "lender_index": at, "digest": "0x" + dice.bytes(32).hex(), "batch_id": None} for at in range(count)]
    choices = [1 + at % 3 for at in range(count)]
    dice.shuffle(choices)
    return list(zip(rows, choices, strict=True))


def test_fields_of_chance_tell_nothing_and_one_that_leaks_is_found() -> None:
    known, fresh = ballots(1), ballots(2)
    told = tell_choices(known, fresh)
    assert told["at_chance"]
    assert told["low"] <= told["accuracy"] <= told["high"]
    assert control_of(known, fresh)["control_found"]


@pytest.mark.parametrize(
    "leak", [lambda choice: bytes([choice]), lambda choice: "for" if choice == 1 else "other", lambda choice: 7 * choice]
)
def test_a_leak_of_any_kind_is_told(leak: Any) -> None:
    known, fresh = ([(row | {"more": leak(choice)}, choice) for row, choice in ballots(seed)] for seed in (3, 4))
    told = tell_choices(known, fresh)
    assert told["low"] > told["chance"]
    assert not told["at_chance"]


def test_every_field_becomes_numbers_and_those_that_never_differ_go() -> None:
    rows = [
        {"seal": b"\x01", "poll": "p", "at": datetime(2026, 1, 1, tzinfo=UTC), "block": None},
        {"seal": b"\x03", "poll": "p", "at": datetime(2026, 1, 2, tzinfo=UTC), "block": 5},
    ]
    names, numbers = matrix(rows)
    assert names[:2] == ["at", "block"]
    assert "seal bit 6" in names
    assert not [name for name in names if name.startswith("poll")]
    assert numbers.shape == (2, len(names))
    assert numbers[0, names.index("block")] == -1


def test_two_columns_together_are_learnt() -> None:
    dice = np.random.default_rng(5)
    features = dice.normal(size=(400, 6))
    labels = np.where(features[:, 0] > 0, np.where(features[:, 3] > 0, 2, 1), 0)
    learned = train(features[:300], labels[:300], 3)
    assert (learned.predict(features[300:]) == labels[300:]).mean() > 0.9


@pytest.mark.parametrize(("right", "of", "low", "high"), [(333, 1000, 0.3045, 0.3628), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)])
def test_the_interval_is_wilson_s(right: int, of: int, low: float, high: float) -> None:
    assert [round(value, 4) for value in wilson(right, of)] == [low, high]


def test_a_line_is_good_only_if_all_is() -> None:
    line = {"ballots": 60, "found": 0, "planted": 9, "planted_found": 9, "at_chance": True, "control_found": True}
    assert is_good(line)
    worse = ({"ballots": 0}, {"found": 1}, {"planted_found": 8}, {"planted": 0, "planted_found": 0}, {"at_chance": False}, {"failed": "no"})
    assert not any(is_good(line | one) for one in (*worse, {"control_found": False}))
