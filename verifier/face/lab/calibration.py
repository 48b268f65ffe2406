"""Thresholds from photos: a bound for each number of references and probes that holds in the worst group."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from verifier.face.lab.bounds import upper95
from verifier.face.lab.evaluation import Distances, Enrolled, People, distances

SIZES = tuple(itertools.product((1, 2, 3), repeat=2))
TARGET = 1e-3
#: Thresholds are set where half of the target is reached: people whom nobody measured are not kinder than those who were.
AIMED = TARGET / 2
STEP = 0.005


def calibrate(
    enrolled: Enrolled, model_id: str, data: str, grey_band: float, same_person_limit: float, *, by_halves: bool = False
) -> dict[str, Any]:
    """The table as thresholds.json has it; `by_halves` keeps the aim in each half of a group's people that has pairs enough, too.

    Raises: ValueError when no group has two people.
    """
    rows = [row for references, probes in SIZES if (row := _row(enrolled, references, probes, by_halves=by_halves))]
    if not rows:
        raise ValueError("two people with a usable photo are needed in a group")
    return {
        "model_id": model_id,
        "data": data,
        "target_fmr": TARGET,
        "aimed_fmr": AIMED,
        "groups": {
            name: {"people": len(group.people), "photos_used": sum(map(len, group.people.values()))}
            for name, group in enrolled.groups.items()
        },
        "rows": rows,
        "grey_band": grey_band,
        "same_person_limit": same_person_limit,
    }


def _row(enrolled: Enrolled, references: int, probes: int, *, by_halves: bool) -> dict[str, Any] | None:
    found = {name: distances(group.people, references, probes) for name, group in enrolled.groups.items()}
    usable = {name: pair for name, pair in found.items() if pair[1].size}
    if not usable:
        return None
    worst = min(usable, key=lambda name: float(np.quantile(usable[name][1], AIMED)))
    below = _rounded(float(np.quantile(usable[worst][1], AIMED)))
    if by_halves:
        below = min([below, *(_rounded(float(np.quantile(impostor, AIMED))) for impostor in _telling_halves(enrolled, references, probes))])
    groups = {}
    for name, (genuine, impostor) in usable.items():
        passed, missed = int(np.count_nonzero(impostor < below)), int(np.count_nonzero(genuine >= below))
        groups[name] = {
            "genuine": int(genuine.size),
            "impostor": int(impostor.size),
            "fmr": passed / impostor.size,
            "fmr_upper95": round(upper95(passed, impostor.size), 6),
            "fnmr": missed / genuine.size if genuine.size else None,
        }
    held = held_out(enrolled, references, probes)
    return {"references": references, "probes": probes, "below": below, "worst_group": worst, "held_out": held, "groups": groups}


def _telling_halves(enrolled: Enrolled, references: int, probes: int) -> Iterator[Distances]:
    """Strangers' distances in each half of each group that has so many pairs that the target rate can be read off them."""
    for groups, _ in _halves(enrolled):
        for people in groups:
            impostor = distances(people, references, probes)[1]
            if impostor.size >= 1 / TARGET:
                yield impostor


def held_out(enrolled: Enrolled, references: int, probes: int) -> dict[str, Any]:
    """FMR on people who did not set the threshold: each group's people in two halves, each judged by the other's."""
    passed = tried = 0
    for one, other in _halves(enrolled):
        aims = [pair[1] for people in one if (pair := distances(people, references, probes))[1].size]
        if not aims:
            continue
        below = _rounded(min(float(np.quantile(impostor, AIMED)) for impostor in aims))
        for people in other:
            impostor = distances(people, references, probes)[1]
            passed, tried = passed + int(np.count_nonzero(impostor < below)), tried + int(impostor.size)
    return {"impostor": tried, "accepted": passed, "fmr_upper95": round(upper95(passed, tried), 6) if tried else None}


def _halves(enrolled: Enrolled) -> Iterator[tuple[list[People], list[People]]]:
    groups = [sorted(group.people.items()) for group in enrolled.groups.values()]
    even: list[People] = [dict(people[::2]) for people in groups]
    odd: list[People] = [dict(people[1::2]) for people in groups]
    yield from ((even, odd), (odd, even))


def _rounded(level: float) -> float:
    return round(math.floor(level / STEP) * STEP, 3)
