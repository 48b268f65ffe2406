"""Attacks of each species and scripted sessions made from a folder of photos: how many does the server take for a live person?"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from verifier.face.challenge import StepKind, draw_steps
from verifier.face.decision import Way
from verifier.face.errors import FaceLibraryMissing, PictureRefused
from verifier.face.frames import FrameReader
from verifier.face.furnishing import parts_of
from verifier.face.lab.actors import (
    Actor,
    Played,
    Recorder,
    Scripted,
    Swapped,
    cut_and_bent,
    held_flat,
    mirrored,
    mirrored_steps,
    pasted,
    recoded,
)
from verifier.face.lab.folders import Row, as_photo, photos_in
from verifier.face.lab.puppet import Act, Puppet
from verifier.face.liveness import Liveness
from verifier.face.liveness_state import LivenessState
from verifier.face.model_choice import OF_WAYS, SHIPPED
from verifier.face.replays import Look, is_replay
from verifier.face.session import SessionBook, SessionUnknown

SPECIES = (
    "still photo",
    "moved and warped photo",
    "cut and bent photo",
    "replayed session",
    "replay in the wrong order",
    "injected frames without nonce",
    "identity swap in mid-session",
    "one frame repeated",
    "mirrored replay",
    "face of another pasted in mid-session",
)
FRAME_SECONDS, IDLE_FRAME_SECONDS = 0.3, 0.6
MOST_FRAMES = 120
PHOTOS_A_PERSON = 4


@dataclass
class Sitting:
    """One person that a photo gives, and a recorded session of theirs."""

    person: str
    group: str
    puppet: Puppet
    recording: Recording | None = None


@dataclass(frozen=True)
class Recording:
    """The frames of a finished session, what was asked, and the hashes that the server remembers of it."""

    frames: list[bytes]
    steps: tuple[StepKind, ...]
    trail: list[Look]


class Trials:
    """Plays actors against the same code that the issuer's workers run, on a simulated clock.

    `way` judges; the puppets are moved by dlib's points where they are there, so that they are the same for every way.
    `half`: of the people of each group in the order of their names, every other one; bounds are chosen on the first half.
    Raises: ValueError when fewer than two people have a usable frontal photo.
    """

    def __init__(self, folder: Path, half: str | None = None, way: Way = "dlib") -> None:
        parts = parts_of(SHIPPED[OF_WAYS[way]])
        self.bounds, self.frames = parts.bounds, parts.frame_reader()
        self._liveness = Liveness(self.frames, parts.embedder, bounds=parts.bounds)
        self._puppeteer = _puppeteer(self.frames)
        self.sittings = list(self._seated(folder, half))
        if len({sitting.person for sitting in self.sittings}) < 2:
            raise ValueError("two people with a usable frontal photo are needed")

    def genuine(self, number: int) -> str:
        """Why a willing person was refused, or nothing. Their session with another photo, if there is one, is remembered."""
        dice = _dice("genuine", number)
        sitting = self.sittings[number % len(self.sittings)]
        state = self.play(Scripted(sitting.puppet.show, dice), draw_steps())
        if not state.done:
            return f"{(state.failed or {}).get('code')} at {state.kind}"
        others = [one for one in self.sittings if one.person == sitting.person and one is not sitting]
        earlier = self._recorded(dice.choice(others)) if others else None
        return "SessionSeenBefore" if earlier and _known(state, earlier) else ""

    def attack(self, name: str, number: int) -> bool:
        """Whether one attack is taken for a live person."""
        dice = _dice(name, number)
        sitting = self.sittings[number % len(self.sittings)]
        if name == "injected frames without nonce":
            return _injected(sitting)
        if name == "mirrored replay":
            taped = self._taped(number)
            state = self.play(Played([mirrored(frame) for frame in taped.frames], recoded(dice)), mirrored_steps(taped.steps))
            return state.done and not _known(state, taped)
        if name.startswith("replay"):
            taped = self._taped(number)
            steps = taped.steps if name == "replayed session" else _other_steps(taped.steps)
            state = self.play(Played(taped.frames, recoded(dice)), steps)
            return state.done and not _known(state, taped)
        pace = FRAME_SECONDS if name.startswith(("identity", "cut", "face")) else IDLE_FRAME_SECONDS
        return self.play(self._attacker(name, sitting, dice), draw_steps(), pace).done

    def play(self, actor: Actor, steps: tuple[StepKind, ...], pace: float = FRAME_SECONDS) -> LivenessState:
        """The session's end."""
        now, state = 0.0, LivenessState.begin(steps, 0.0)
        for _ in range(MOST_FRAMES):
            now += pace
            state = self._liveness.advance(state, [actor.frame(state)], now)
            if state.done or state.failed:
                break
        return state

    def _seated(self, folder: Path, half: str | None) -> Iterator[Sitting]:
        seated: Counter[str] = Counter()
        for group, person, path in rows_of(folder, half):
            if seated[person] >= PHOTOS_A_PERSON:
                continue
            try:
                puppet = Puppet(as_photo(path), self._puppeteer)
            except PictureRefused:
                continue
            first = LivenessState.begin(("blink", "blink", "blink"), 0.0)
            if self._liveness.advance(first, [puppet.show(Act())] * 3, 0.1).step == 1:
                seated[person] += 1
                yield Sitting(person, group, puppet)

    def _recorded(self, sitting: Sitting) -> Recording | None:
        """A finished session of this sitting, the same each time; None when three tries did not finish."""
        for attempt in range(0 if sitting.recording else 3):
            recorder, steps = Recorder(Scripted(sitting.puppet.show, _dice("tape", attempt))), draw_steps()
            state = self.play(recorder, steps)
            if state.done:
                sitting.recording = Recording(recorder.frames, steps, [Look.read(look) for look in state.trail])
                break
        return sitting.recording

    def _taped(self, number: int) -> Recording:
        for place in range(len(self.sittings)):
            if taped := self._recorded(self.sittings[(number + place) % len(self.sittings)]):
                return taped
        raise ValueError("nobody's scripted session could be finished")

    def _attacker(self, name: str, sitting: Sitting, dice: random.Random) -> Actor:
        puppet = sitting.puppet
        if name == "still photo":
            return Scripted(lambda act: puppet.show(Act(shift=act.shift), dice.randint(70, 92)), dice)
        if name == "moved and warped photo":
            return Scripted(held_flat(puppet, dice), dice)
        if name == "cut and bent photo":
            return Scripted(cut_and_bent(puppet, dice), dice)
        if name == "one frame repeated":
            return Played([puppet.show(Act())], lambda data: data)
        others = [one for one in self.sittings if one.person != sitting.person]
        alike = [one for one in others if one.group == sitting.group] or others
        if name == "face of another pasted in mid-session":
            face = pasted(puppet, dice.choice(alike).puppet)
            return Swapped(Scripted(puppet.show, dice), Scripted(face, dice), dice.randint(1, 3))
        return Swapped(Scripted(puppet.show, dice), Scripted(dice.choice(alike).puppet.show, dice), dice.randint(1, 3))


def _puppeteer(judge: FrameReader) -> FrameReader:
    try:
        return FrameReader()
    except FaceLibraryMissing:
        return judge


def _dice(name: str, number: int) -> random.Random:
    return random.Random(f"{name} {number}")  # noqa: S311 - repeatable draws; the challenge itself comes from the system's source


def _known(state: LivenessState, taped: Recording) -> bool:
    return is_replay([Look.read(look) for look in state.looks], taped.trail)


def rows_of(folder: Path, half: str | None) -> list[Row]:
    """Photos of all people, or of every other one of each group in the order of their names. Raises: ValueError."""
    rows, kept = list(photos_in(folder)), set[str]()
    people = {(group, person) for group, person, _ in rows}
    for group in {group for group, _ in people}:
        names = sorted(person for own, person in people if own == group)
        kept.update(names if half is None else names[0 if half == "first" else 1 :: 2])
    return [row for row in rows if row[1] in kept]


def _injected(sitting: Sitting) -> bool:
    book = SessionBook(lambda: 0.0)
    session = book.open(sitting.person)
    try:
        book.find(session.id, secrets.token_urlsafe(24))
    except SessionUnknown:
        return False
    return True


def _other_steps(steps: tuple[StepKind, ...]) -> tuple[StepKind, ...]:
    while True:
        drawn = draw_steps()
        if drawn != steps:
            return drawn
