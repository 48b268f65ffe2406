"""The rules of a session on faces made of points: who moves as asked is seen, prints are not, and a late reader loses nothing."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.verifier.face.heads_made import BLURRED, Film, OfPerson, Shape, bent_print, flat_print, head
from verifier.face.challenge import KINDS, TURNS, StepKind
from verifier.face.frames import FrameReader
from verifier.face.lab.actors import movement
from verifier.face.lab.puppet import Act
from verifier.face.lab.turned_heads import turned_heads
from verifier.face.liveness import Bounds, Liveness
from verifier.face.liveness_state import LivenessState

ORDERS = [
    order
    for order in itertools.product(KINDS, repeat=3)
    if any(step in TURNS for step in order) and all(one != other for one, other in itertools.pairwise(order))
]


class Sitting:
    """A session of somebody whose face is `shape`, four frames a second."""

    def __init__(self, steps: tuple[StepKind, ...], shape: Shape = head, seed: int = 1) -> None:
        self.film, self.shape, self.dice, self.now = Film(), shape, random.Random(seed), 0.0
        self.state = LivenessState.begin(steps, 0.0)
        self.liveness = Liveness(cast(FrameReader, self.film), OfPerson())

    def show(self, *acts: Act, person: int = 0) -> LivenessState:
        for act in acts:
            self.now += 0.25
            self.state = self.liveness.advance(self.state, [self.film.add(self.shape(act), person)], self.now)
        return self.state

    def obey(self, person: int = 0) -> LivenessState:
        """Do what is asked until the session ends."""
        asked = -1
        acts: Iterator[Act] = iter(())
        while not self.state.done and not self.state.failed:
            act = next(acts, None) if asked == self.state.step else None
            if act is None:
                asked, acts = self.state.step, self._movement()
                act = next(acts)
            self.show(act, person=person)
        return self.state

    def _movement(self) -> Iterator[Act]:
        return iter(movement(self.state.kind, self.dice))


def code(state: LivenessState) -> Any:
    return (state.failed or {}).get("code")


def turned(side: int, times: int = 1) -> list[Act]:
    return [Act(turn=side * degrees) for _ in range(times) for degrees in (10, 18, 22, 24, 24, 24, 22, 18, 8)]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_a_head_that_moves_as_asked_is_seen(order: tuple[StepKind, ...]) -> None:
    state = Sitting(order, seed=len(order[0])).obey()
    assert state.done, (state.failed, state.kind, state.turned)
    assert [score["step"] for score in state.scores] == ["neutral", *order]
    assert all(score.get("same_person", True) for score in state.scores)


PRINTS = {"flat": flat_print} | {
    f"bent-{half}-{reach}-{slant}": bent_print(half, reach, slant)
    for half in (15, 30, 45, 60, 80)
    for reach in (0.9, 1.3, 1.8, 2.2)
    for slant in (0, 25, -60)
}


@pytest.mark.parametrize("shape", PRINTS.values(), ids=PRINTS)
def test_a_print_is_not_taken_for_a_head_however_it_is_turned(shape: Shape) -> None:
    for seed, side in itertools.product(range(2), TURNS):
        state = Sitting((side, "blink", side), shape, seed).obey()
        assert state.step <= 1, (state.scores, seed)
        assert code(state) in {"StepTooLate", "WrongStep"}


def test_who_does_the_last_movement_once_more_has_not_read_on_yet() -> None:
    sitting = Sitting(("turn_left", "turn_right", "open_mouth"))
    sitting.show(*[Act()] * 4, *turned(1))
    assert sitting.state.step == 2
    assert sitting.show(Act(), *turned(1, times=2)).failed is None
    assert sitting.obey().done


def test_a_movement_that_nobody_asked_for_ends_the_session_but_one_misread_frame_does_not() -> None:
    sitting = Sitting(("turn_left", "blink", "turn_left"))
    sitting.show(*[Act()] * 4, Act(turn=-25), Act())
    assert sitting.state.failed is None
    assert code(sitting.show(Act(turn=-25), Act(turn=-25))) == "WrongStep"
    mouth = Sitting(("turn_left", "blink", "turn_left"))
    assert code(mouth.show(*[Act()] * 4, Act(mouth=1), Act(mouth=1))) == "WrongStep"


def test_what_was_asked_two_steps_ago_is_not_the_last_movement() -> None:
    sitting = Sitting(("turn_left", "turn_right", "blink"))
    sitting.show(*[Act()] * 4, *turned(1), Act(), *turned(-1), Act())
    assert sitting.state.step == 3
    assert code(sitting.show(*turned(1))) == "WrongStep"


def test_a_still_face_is_late_and_another_face_is_another_person() -> None:
    still = Sitting(("turn_left", "blink", "turn_left"))
    assert code(still.show(*[Act()] * 60)) == "StepTooLate"
    swapped = Sitting(("turn_left", "blink", "turn_left"))
    swapped.show(*[Act()] * 4)
    assert code(swapped.obey(person=1)) == "PersonChanged"


def test_turned_frames_of_one_step_do_not_count_in_another() -> None:
    sitting = Sitting(("turn_left", "blink", "turn_left"))
    sitting.show(*[Act()] * 4, *turned(1), Act(), Act(lids=1), Act(lids=1), Act(), Act())
    assert (sitting.state.step, sitting.state.turned) == (3, [])
    assert sitting.show(*[Act(turn=24)] * 5).step == 3, "five frames are not a turn"
    assert sitting.show(Act(turn=24)).done


def test_one_blurred_frame_is_no_other_person_but_two_are() -> None:
    once = Sitting(("turn_left", "open_mouth", "blink"))
    once.show(*[Act()] * 4, *[Act(turn=24)] * 5)
    assert once.show(Act(turn=24), person=BLURRED).step == 1, "looked at once more"
    assert once.show(Act(turn=24)).step == 2
    twice = Sitting(("turn_left", "open_mouth", "blink"))
    twice.show(*[Act()] * 4, *[Act(turn=24)] * 5)
    assert code(twice.show(Act(turn=24), Act(turn=24), person=BLURRED)) == "PersonChanged"


def test_turned_photos_are_held_against_the_same_bounds(tmp_path: Path) -> None:
    film, rows = Film(), []
    shown = {"heads": [head(Act(turn=turn)) for turn in (0, 22, -22)], "prints": [bent_print(45)(Act(turn=turn)) for turn in (0, 26, -26)]}
    for group, photos in shown.items():
        for place, points in enumerate(photos):
            path = tmp_path / f"{group}-{place}.jpg"
            path.write_bytes(film.add(points))
            rows.append((group, f"{group}/one", path))
    found = turned_heads(rows, cast(FrameReader, film), Bounds())
    assert found["heads"] == {"pairs": 2, "people": 1, "bow": 1.0, "width": 1.0, "residual": 1.0, "all": 1.0}
    assert found["prints"]["all"] == 0.0
