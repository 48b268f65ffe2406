"""The ways side by side on made embeddings: the rule for thresholds, halves by person, and a veto that can only refuse more."""

from __future__ import annotations

import numpy as np

from verifier.face.lab.encoded import Sheet
from verifier.face.lab.ways import Draws, alone, common, figures, together


def made(seed: int, noise: float, people: int = 24, photos: int = 6) -> dict[str, Sheet]:
    dice = np.random.default_rng(seed)
    sheets = {}
    for group in ("east", "west"):
        middles = dice.normal(size=(people, 32))
        sheets[group] = Sheet(
            {
                f"{group}/{person}": {
                    f"{photo}.jpg": (middles[person] + noise * dice.normal(size=32)).astype(np.float32) for photo in range(photos)
                }
                for person in range(people)
            }
        )
    return sheets


def test_a_better_way_refuses_fewer_at_the_same_rate_of_strangers() -> None:
    good, poor = (alone(Draws.make(made(1, noise), (1, 1))) for noise in (0.3, 1.0))
    assert good["fnmr"] <= poor["fnmr"]
    for facts in (good, poor):
        assert facts["fmr_worst"] <= 1e-3
        assert set(facts["groups"]) == {"east", "west"}
        assert facts["unseen"]["below"] > 0


def test_the_second_half_is_reported_by_person() -> None:
    draws = Draws.make(made(2, 0.3, people=10), (1, 1))
    assert figures(draws, 1.0)["groups"]["east"]["genuine"] == 5 * 15


def test_a_veto_refuses_whom_the_other_way_does_not_know() -> None:
    deciding, vetoing = (Draws.make(made(seed, 0.6), (1, 1)) for seed in (3, 4))
    both = together(deciding, vetoing)
    assert both["fmr_worst"] <= 1e-3
    assert both["veto_from"] > vetoing.fitted()


def test_only_photos_that_both_could_read_are_compared() -> None:
    one, other = made(5, 0.3, people=2), made(6, 0.3, people=2)
    del other["east"].people["east/1"]
    del one["west"].people["west/0"]["0.jpg"]
    left, right = common(one, other)
    for sheets in (left, right):
        assert list(sheets["east"].people) == ["east/0"]
        assert len(sheets["west"].people["west/0"]) == 5
