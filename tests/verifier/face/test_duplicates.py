"""Ranked, bounded, and told how much of it is chance."""

from __future__ import annotations

import numpy as np
import pytest

from verifier.face.duplicates import search, stack


def test_the_nearest_come_first_and_chance_is_named() -> None:
    dice = np.random.default_rng(1)
    strangers = dice.normal(0, 0.13, (5_000, 128)).astype(np.float32)
    person = strangers[42]
    strangers[7] = person + np.float32(0.01)
    found = search(person, strangers, below=0.36, fmr=1e-3)
    assert [likeness.place for likeness in found.likenesses] == [42, 7]
    assert found.likenesses[0].distance == pytest.approx(0.0, abs=2e-3)
    assert found.likenesses[1].distance == pytest.approx(0.01 * 128**0.5, abs=2e-3)
    assert (found.searched, found.expected_false) == (5_000, 5.0)


def test_a_list_is_bounded_and_shapes_are_checked() -> None:
    same = stack([np.zeros(128, dtype=np.float32)] * 50)
    assert len(search(same[0], same, below=0.1, fmr=0.0, most=20).likenesses) == 20
    with pytest.raises(ValueError, match="same length"):
        search(np.zeros(4, dtype=np.float32), same, below=0.1, fmr=0.0)
