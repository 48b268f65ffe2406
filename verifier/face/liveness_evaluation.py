"""Attacks of each species and scripted sessions made from a folder of photos: how many does the server take for a live person?"""

from __future__ import annotations

import itertools
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verifier.face.actors import Actor, Played, Recorder, Scripted, Swapped, cut_and_bent, held_flat, recoded
from verifier.face.bounds import upper95
from verifier.face.challenge import StepKind, draw_steps
from verifier.face.embedder import DlibEmbedder
from verifier.face.errors import PictureRefused
from verifier.face.folders import as_photo, photos_in
from verifier.face.frames import FrameReader
from verifier.face.liveness import Liveness
from verifier.face.liveness_state import LivenessState
from verifier.face.puppet import Act, Puppet
from verifier.face.replays import is_replay
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
    recording: list[bytes] = field(default_factory=list)
    steps: tuple[StepKind, ...] = ()
    looks: list[int] = field(default_factory=list)


class Trials:
    """Plays actors against the same code that the issuer's workers run, on a simulated clock."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self._reader = FrameReader()
        self._liveness = Liveness(self._reader, DlibEmbedder())
        self.dice = random.Random(seed)  # noqa: S311 - repeatable draws; the challenge itself comes from the system's source
        self.sittings = list(self._seated(folder))
        self.reasons: Counter[str] = Counter()

    def run(self, attacks: int, say: Callable[[str], None]) -> dict[str, Any]:
        """Figures of genuine sessions and of every species."""
        if len({sitting.person for sitting in self.sittings}) < 2:
            raise ValueError("two people with a usable frontal photo are needed")
        refused, sessions = self._genuine(attacks)
        say(f"genuine: {sessions} scripted sessions, {refused} refused {dict(self.reasons)}")
        species = {}
        for name in SPECIES:
            accepted = sum(self._attack(name, number) for number in range(attacks))
            species[name] = {"attacks": attacks, "accepted": accepted, "upper95": round(upper95(accepted, attacks), 4)}
            say(f"{name}: {accepted} of {attacks} accepted, APCER at most {species[name]['upper95']:.3f}")
        bpcer = {"bpcer": refused / sessions, "bpcer_upper95": upper95(refused, sessions), "genuine": sessions}
        people = len({sitting.person for sitting in self.sittings})
        return {"species": species, **bpcer, "refusals": dict(self.reasons), "people": people, "photos": len(self.sittings)}

    def play(self, actor: Actor, steps: tuple[StepKind, ...], pace: float = FRAME_SECONDS) -> LivenessState:
        """The session's end."""
        now, state = 0.0, LivenessState.begin(steps, 0.0)
        for _ in range(MOST_FRAMES):
            now += pace
            state = self._liveness.advance(state, [actor.frame(state)], now)
            if state.done or state.failed:
                break
        return state

    def _seated(self, folder: Path) -> Iterator[Sitting]:
        seated: Counter[str] = Counter()
        for group, person, path in photos_in(folder):
            if seated[person] >= PHOTOS_A_PERSON:
                continue
            try:
                puppet = Puppet(as_photo(path), self._reader)
            except PictureRefused:
                continue
            first = LivenessState.begin(("blink", "blink", "blink"), 0.0)
            if self._liveness.advance(first, [puppet.show(Act())] * 3, 0.1).step == 1:
                seated[person] += 1
                yield Sitting(person, group, puppet)

    def _genuine(self, sessions: int) -> tuple[int, int]:
        refused = 0
        order = self.dice.sample(self.sittings, len(self.sittings))
        for sitting in itertools.islice(itertools.cycle(order), sessions):
            recorder, steps = Recorder(Scripted(sitting.puppet.show, self.dice)), draw_steps()
            state = self.play(recorder, steps)
            if state.done:
                sitting.recording, sitting.steps = recorder.frames, steps
                sitting.looks = [int(look, 16) for look in state.looks]
            else:
                refused += 1
                self.reasons[f"{(state.failed or {}).get('code')} at {state.kind}"] += 1
        return refused, sessions

    def _attack(self, name: str, number: int) -> bool:
        sitting = self.sittings[number % len(self.sittings)]
        recorded = [one for one in self.sittings if one.recording]
        taped = recorded[number % len(recorded)]
        if name == "injected frames without nonce":
            return _injected(taped)
        if name == "replayed session":
            state = self.play(Played(taped.recording, recoded(self.dice)), taped.steps)
            return state.done and not is_replay([int(look, 16) for look in state.looks], [taped.looks])
        if name == "replay in the wrong order":
            return self.play(Played(taped.recording, recoded(self.dice)), _other_steps(taped.steps)).done
        pace = FRAME_SECONDS if name.startswith("identity") else IDLE_FRAME_SECONDS
        return self.play(self._attacker(name, sitting), draw_steps(), pace).done

    def _attacker(self, name: str, sitting: Sitting) -> Actor:
        puppet, dice = sitting.puppet, self.dice
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
        return Swapped(Scripted(puppet.show, dice), Scripted(dice.choice(alike).puppet.show, dice), dice.randint(1, 3))


def _injected(taped: Sitting) -> bool:
    book = SessionBook(lambda: 0.0)
    session = book.open(taped.person)
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
