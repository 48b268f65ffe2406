"""Bounds, challenges, replays and thresholds without a photo."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from verifier.face.challenge import TURNS, draw_steps
from verifier.face.embedder import Embedding
from verifier.face.frames import perceptual_hash
from verifier.face.lab import evaluation
from verifier.face.lab.bounds import lower95, upper95
from verifier.face.lab.calibration import calibrate
from verifier.face.lab.evaluation import Enrolled, Group, figures
from verifier.face.replays import Look, is_replay
from verifier.face.session import SessionBook, SessionUnknown


def test_bounds_are_clopper_and_pearsons() -> None:
    assert upper95(0, 150) == pytest.approx(1 - 0.05 ** (1 / 150), abs=1e-9)
    assert upper95(5, 100) == pytest.approx(0.1022, abs=2e-4)
    assert lower95(5, 100) == pytest.approx(0.0199, abs=2e-4)
    assert upper95(3, 3) == 1.0
    assert lower95(0, 9) == pytest.approx(0.0, abs=1e-9)


def test_every_challenge_has_a_turn_and_no_step_twice_in_a_row() -> None:
    drawn = Counter(draw_steps() for _ in range(4_000))
    assert len(drawn) == 34, "every order is drawn"
    assert all(any(step in TURNS for step in steps) for steps in drawn)
    assert all(one != other for steps in drawn for one, other in itertools.pairwise(steps))


def seen(dice: np.random.Generator) -> Look:
    """A made look, sure of about half of its places."""
    sure = int.from_bytes(dice.bytes(128), "big")
    return Look(sure, int.from_bytes(dice.bytes(128), "big") & sure)


def recoded(look: Look, dice: np.random.Generator) -> Look:
    """As a recording made anew gives it: a hundred places more or less are clear, and eight are other than they were."""
    other = sum(1 << int(bit) for bit in dice.choice(1024, 8, replace=False))
    return Look(look.sure ^ sum(1 << int(bit) for bit in dice.choice(1024, 100, replace=False)), look.brighter ^ other)


def test_a_recording_is_known_in_whatever_order_and_mixture_and_another_session_is_not() -> None:
    dice = np.random.default_rng(1)
    first, second = [seen(dice) for _ in range(30)], [seen(dice) for _ in range(30)]
    shown = [recoded(look, dice) for look in (first[20], first[3], second[7], first[11])]
    assert is_replay(shown, first + second)
    assert not is_replay(shown, first), "one movement is new"
    assert not is_replay([seen(dice) for _ in range(4)], first + second)
    assert not is_replay(shown, []), "nothing was seen before"


def test_a_look_that_is_sure_of_little_is_near_nothing() -> None:
    dark = Look((1 << 59) - 1, 0)
    assert not dark.near(dark)
    clear = Look((1 << 60) - 1, 0)
    assert clear.near(clear)
    assert clear.near(Look(clear.sure, 0b11))
    assert not clear.near(Look(clear.sure, 0b111)), "three of sixty are more than 4 %"


def test_a_look_is_written_and_read_and_a_half_one_refused() -> None:
    look = seen(np.random.default_rng(3))
    assert Look.read(str(look)) == look
    with pytest.raises(ValueError, match="512"):
        Look.read(str(look)[:256])


def test_a_session_is_found_by_its_nonce_only_and_not_for_ever() -> None:
    now = [0.0]
    book = SessionBook(lambda: now[0])
    session = book.open("somebody")
    assert book.find(session.id, session.nonce) is session
    for wrong in ("", session.nonce[:-1], session.nonce + "x", session.id):
        with pytest.raises(SessionUnknown):
            book.find(session.id, wrong)
    now[0] = 151.0
    with pytest.raises(SessionUnknown):
        book.find(session.id, session.nonce)


def people(dice: np.random.Generator, spread: float) -> dict[str, list[Embedding]]:
    centres = dice.normal(0, spread, (8, 128))
    return {str(name): [(centre + dice.normal(0, 0.02, 128)).astype(np.float32) for _ in range(7)] for name, centre in enumerate(centres)}


def test_the_worst_group_sets_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "MOST_IMPOSTOR", 2_000)
    monkeypatch.setattr(evaluation, "MOST_GENUINE", 200)
    dice = np.random.default_rng(2)
    near, far = people(dice, 0.03), people(dice, 0.06)
    table = calibrate(Enrolled({"near": Group(near), "far": Group(far)}, 1.0), "a model", "made up", 0.06, 0.6)
    assert len(table["rows"]) == 9
    for row in table["rows"]:
        assert row["worst_group"] == "near"
        assert all(group["fmr"] <= 1e-3 for group in row["groups"].values())
    bounds = {(row["references"], row["probes"]): row["below"] for row in table["rows"]}
    assert bounds[3, 3] < bounds[1, 1], "averaging shrinks every distance"
    found = figures(Group(near, photos=56), 1, 1, bounds[1, 1])
    assert (found["people"], found["genuine"], found["impostor"]) == (8, 8 * 21, 28 * 49)
    assert found["fmr"] <= 1e-3 < found["fmr_upper95"]


def test_a_mirrored_recording_is_known_and_mirrored_twice_it_is_itself() -> None:
    dice = np.random.default_rng(7)
    frames = [seen(dice) for _ in range(12)]
    shown = [recoded(look.mirrored(), dice) for look in frames[3:7]]
    assert is_replay(shown, frames)
    assert not is_replay(shown, [seen(dice) for _ in range(12)])
    assert frames[0].mirrored().mirrored() == frames[0]
    small = np.random.default_rng(8).integers(0, 255, (330, 330), dtype=np.uint8)
    grey = np.repeat(np.repeat(small[:33, :33], 10, axis=0), 10, axis=1)
    assert perceptual_hash(np.ascontiguousarray(grey[:, ::-1])).near(perceptual_hash(grey).mirrored())
