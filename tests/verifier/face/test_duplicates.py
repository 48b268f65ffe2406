"""Ranked, bounded, and told how much of it is chance."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from verifier.face.duplicates import Bound, Templates, stack
from verifier.face.model_choice import DLIB, ModelChoice, ModelNotUsable


def test_the_nearest_come_first_and_chance_is_named() -> None:
    dice = np.random.default_rng(1)
    strangers = dice.normal(0, 0.13, (5_000, 128)).astype(np.float32)
    person = strangers[42]
    strangers[7] = person + np.float32(0.01)
    found = Templates(strangers).search(person, below=0.36, fmr=1e-3)
    assert [likeness.place for likeness in found.likenesses] == [42, 7]
    assert found.likenesses[0].distance == pytest.approx(0.0, abs=2e-3)
    assert found.likenesses[1].distance == pytest.approx(0.01 * 128**0.5, abs=2e-3)
    assert (found.searched, found.expected_false) == (5_000, 5.0)


def test_nobody_near_is_missed_by_looking_at_half_first() -> None:
    rows = np.random.default_rng(3).normal(0, 0.05, (3_000, 33)).astype(np.float32)
    templates = Templates(rows)
    for place in range(0, 3_000, 300):
        found = templates.search(rows[place], below=0.3, fmr=0.0, most=3_000)
        apart = np.linalg.norm(rows - rows[place], axis=1)
        assert {likeness.place for likeness in found.likenesses} == set(np.flatnonzero(apart < 0.3).tolist())


def test_a_list_is_bounded_and_shapes_are_checked() -> None:
    same = Templates(stack([np.zeros(128, dtype=np.float32)] * 50))
    assert len(same.search(np.zeros(128, dtype=np.float32), below=0.1, fmr=0.0, most=20).likenesses) == 20
    with pytest.raises(ValueError, match="same length"):
        same.search(np.zeros(4, dtype=np.float32), below=0.1, fmr=0.0)
    with pytest.raises(ValueError, match="a row"):
        Templates(np.zeros(128, dtype=np.float32))


@pytest.mark.parametrize(("count", "most"), [(2, 5), (600, 10_000), (1_300, 40)])
def test_all_pairs_are_what_comparing_one_by_one_gives(count: int, most: int) -> None:
    rows = np.random.default_rng(2).normal(0, 0.05, (count, 24)).astype(np.float32)
    templates = Templates(rows)
    told: list[int] = []
    found = templates.pairs(0.3, most, told.append)
    apart = {(a, b): float(np.linalg.norm(rows[a] - rows[b])) for a, b in itertools.combinations(range(count), 2)}
    expected = sorted((pair for pair in apart if apart[pair] < 0.3), key=lambda pair: apart[pair])[:most]
    assert sum(told) == count
    assert len(found) == len(expected)
    assert [pair.distance for pair in found] == pytest.approx([apart[pair] for pair in expected], abs=2e-3)
    assert all(pair.first < pair.second for pair in found)
    assert len({(pair.first, pair.second) for pair in found}) == len(found), "each pair once"


def test_the_rate_named_with_a_list_is_the_worst_that_was_measured() -> None:
    bound = Bound.load(DLIB, 5)
    assert bound.references == 3, "more than three are not averaged"
    assert bound.clear < bound.below
    assert bound.fmr >= 1e-4
    with pytest.raises(ModelNotUsable, match="thresholds"):
        Bound.load(ModelChoice(embedder="a.licensed:Model"), 1)
