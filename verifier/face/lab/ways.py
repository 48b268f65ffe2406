"""How the ways of comparing faces do on the same photos: one alone, the other alone, and one that decides while the other may veto.

Thresholds are set by one rule for all: half of the target rate of false matches in the worst group, and in the worst half of a group's
people where it has enough pairs to tell. They are set on all people of the folder; what is reported is the second half of them. How a
threshold does on people who did not set it is in `unseen`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.face.lab.bounds import upper95
from verifier.face.lab.calibration import AIMED, STEP, TARGET
from verifier.face.lab.encoded import Sheet
from verifier.face.lab.evaluation import Distances, distances

Half = tuple[str, int | None]
Drawn = tuple[Distances, Distances]
#: A rate of 1 in 1,000 cannot be read off fewer pairs.
LEAST_PAIRS = round(1 / TARGET)
#: Of the way that may veto: distances over its own threshold at which it does; the widest is hardly ever reached by one person.
VETOES = (0.02, 0.04, 0.06, 0.08, 0.12)


@dataclass(frozen=True)
class Draws:
    """Genuine and impostor distances of one number of photos, by group and half of its people (None: all of them)."""

    size: tuple[int, int]
    of: Mapping[Half, Drawn]

    @classmethod
    def make(cls, sheets: Mapping[str, Sheet], size: tuple[int, int]) -> Draws:
        """The same photos are drawn for every way whose sheets hold the same photos."""
        return cls(size, {place: distances(sheets[place[0]].lists(people), *size) for place, people in _halves(sheets)})

    def fitted(self, half: int | None = None) -> float:
        """The threshold by the rule above; with `half`, from that half of the people alone."""
        return min(_floor(np.quantile(self.of[place][1], AIMED)) for place in self.telling(half))

    def telling(self, half: int | None = None) -> list[Half]:
        """Groups and halves with pairs enough; where none has (a short bench), or of one half alone, all that have any.

        A half without any pair, as in a short bench of few people, tells nothing: then all do.
        """
        some = [place for place, (_, impostor) in self.of.items() if impostor.size and (half is None or place[1] == half)]
        if half is not None:
            return some or self.telling()
        return [place for place in some if self.of[place][1].size >= LEAST_PAIRS] or some


def _halves(sheets: Mapping[str, Sheet]) -> Iterator[tuple[Half, set[str] | None]]:
    for name, sheet in sheets.items():
        people = sorted(sheet.people)
        yield (name, None), None
        for half in (0, 1):
            yield (name, half), set(people[half::2])


def common(one: Mapping[str, Sheet], other: Mapping[str, Sheet]) -> tuple[dict[str, Sheet], dict[str, Sheet]]:
    """Both ways' sheets with the photos that both could read."""
    found: tuple[dict[str, Sheet], dict[str, Sheet]] = ({}, {})
    for name in one:
        people: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        for person in sorted(one[name].people.keys() & other[name].people.keys()):
            files = sorted(one[name].people[person].keys() & other[name].people[person].keys())
            for side, sheet in zip(people, (one[name], other[name]), strict=True):
                if files:
                    side[person] = {file: sheet.people[person][file] for file in files}
        for target, side, sheet in zip(found, people, (one[name], other[name]), strict=True):
            target[name] = Sheet(side, sheet.refused)
    return found


def figures(draws: Draws, below: float, half: int = 1) -> dict[str, Any]:
    """Of one half of the people at a threshold: each group's rates with their bounds, the worst FMR, and FNMR over all pairs."""
    return _judged({place: (genuine < below, impostor < below) for place, (genuine, impostor) in draws.of.items()}, half)


def _judged(accepted: Mapping[Half, tuple[NDArray[np.bool_], NDArray[np.bool_]]], half: int) -> dict[str, Any]:
    groups: dict[str, dict[str, Any]] = {}
    missed = tried = 0
    for (name, part), (genuine, impostor) in accepted.items():
        if part != half or not impostor.size:
            continue
        passed, refused = int(impostor.sum()), int(genuine.size - genuine.sum())
        missed, tried = missed + refused, tried + int(genuine.size)
        groups[name] = {
            "impostor": int(impostor.size),
            "fmr": round(passed / impostor.size, 6),
            "fmr_upper95": round(upper95(passed, int(impostor.size)), 6),
            "genuine": int(genuine.size),
            "fnmr": round(refused / genuine.size, 4) if genuine.size else None,
            "fnmr_upper95": round(upper95(refused, int(genuine.size)), 4) if genuine.size else None,
        }
    told = [group["fmr"] for group in groups.values() if group["impostor"] >= LEAST_PAIRS]
    return {"groups": groups, "fmr_worst": max(told, default=None), "fnmr": round(missed / tried, 5) if tried else None}


def with_veto(deciding: Draws, vetoing: Draws, veto: float) -> tuple[float, Mapping[Half, tuple[NDArray[np.bool_], NDArray[np.bool_]]]]:
    """The threshold of the way that decides while the other refuses from `veto` on, and who is accepted by both."""
    told = []
    for place in deciding.telling():
        impostor = deciding.of[place][1]
        let_through = np.sort(impostor[vetoing.of[place][1] < veto])
        allowed = math.floor(AIMED * impostor.size)
        told.append(_floor(let_through[allowed]) if let_through.size > allowed else _floor(impostor.max()))
    below = min(told)
    accepted = {
        place: (
            (genuine < below) & (vetoing.of[place][0] < veto),
            (impostor < below) & (vetoing.of[place][1] < veto),
        )
        for place, (genuine, impostor) in deciding.of.items()
    }
    return below, accepted


def together(deciding: Draws, vetoing: Draws) -> dict[str, Any]:
    """The best of several vetoes, chosen on the first half of the people, reported on the second."""
    tried = []
    for veto in (vetoing.fitted() + wider for wider in VETOES):
        below, accepted = with_veto(deciding, vetoing, veto)
        refused = _judged(accepted, 0)["fnmr"]
        tried.append((refused if refused is not None else 1.0, veto, below, accepted))
    _, veto, below, accepted = min(tried, key=lambda one: one[:2])
    return {"below": below, "veto_from": round(veto, 3), **_judged(accepted, 1)}


def alone(draws: Draws) -> dict[str, Any]:
    """One way at the threshold that the rule gives, and how one that the first half alone had set would do on the second."""
    below, first = draws.fitted(), draws.fitted(0)
    seen = figures(draws, first)
    return {"below": below, **figures(draws, below), "unseen": {"below": first, "fmr_worst": seen["fmr_worst"], "fnmr": seen["fnmr"]}}


def _floor(level: float) -> float:
    return round(math.floor(float(level) / STEP) * STEP, 3)


SIZES = tuple(itertools.product((1, 2, 3), repeat=2))
SAME = ((1, 1), (2, 2), (3, 3))
