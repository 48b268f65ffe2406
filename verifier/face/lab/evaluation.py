"""How far can the verifier be trusted? Error rates by group on a folder of photos, with bounds."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from verifier.face.decision import Purpose
from verifier.face.embedder import Embedding
from verifier.face.errors import PictureRefused
from verifier.face.lab.bounds import upper95
from verifier.face.lab.folders import as_photo, photos_in
from verifier.face.reader import FaceReader

MOST_IMPOSTOR, MOST_GENUINE = 20_000, 4_000
Distances: TypeAlias = NDArray[np.float64]
Stack: TypeAlias = NDArray[np.float32]
People: TypeAlias = Mapping[str, Sequence[Embedding]]


@dataclass
class Group:
    """The photos of one group that could be used, by person, and why others could not; `named` says it of each file."""

    people: dict[str, list[Embedding]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    photos: int = 0
    gate: Purpose = "probe"
    named: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Enrolled:
    """All groups, and the CPU time of one photo in milliseconds."""

    groups: dict[str, Group]
    milliseconds_a_photo: float


def enrol(folder: Path, reader: FaceReader) -> Enrolled:
    """Read every photo. A live camera's gate is used; where it refuses half of a group as too small, that of reference photos."""
    rows: dict[str, list[tuple[str, Path]]] = {}
    for group, person, path in photos_in(folder):
        rows.setdefault(group, []).append((person, path))
    began, count, groups = time.process_time(), 0, {}
    for name, photos in rows.items():
        found = _group(photos, reader, "probe")
        count += found.photos
        if found.refused["FaceTooSmall"] > found.photos / 2:
            found = _group(photos, reader, "reference")
            count += found.photos
        groups[name] = found
    return Enrolled(groups, 1000 * (time.process_time() - began) / max(1, count))


def _group(photos: Sequence[tuple[str, Path]], reader: FaceReader, gate: Purpose) -> Group:
    found = Group(gate=gate)
    for person, path in photos:
        found.photos += 1
        try:
            embedding, _ = reader.read(as_photo(path), gate)
        except (PictureRefused, OSError) as error:
            why = error.reason.code if isinstance(error, PictureRefused) else "FileNotReadable"
            found.refused[why] += 1
            found.named[f"{person}/{path.name}"] = why
            continue
        found.people.setdefault(person, []).append(embedding)
    return found


def distances(people: People, references: int, probes: int, seed: int = 1) -> tuple[Distances, Distances]:
    """Genuine and impostor distances between mean templates; all pairs for 1 + 1, else repeatable draws that overlap.

    Draws hang on the seed and on how many photos each person has, so that the same photos are drawn of whatever embeddings.
    """
    stacks = [np.stack(list(own)).astype(np.float32) for own in people.values() if len(own)]
    if references == probes == 1:
        genuine = [_apart(own[one], own[other]) for own in stacks for one, other in [np.triu_indices(len(own), 1)]]
        impostor = [_apart(own[:, None], others[None]).ravel() for own, others in itertools.combinations(stacks, 2)]
    else:
        dice = np.random.default_rng(seed)
        genuine = _same(stacks, references, probes, dice)
        impostor = _others(stacks, references, probes, dice)
    return _joined(genuine), _joined(impostor)


def _same(stacks: Sequence[Stack], references: int, probes: int, dice: np.random.Generator) -> list[Distances]:
    rich = [own for own in stacks if len(own) >= references + probes]
    found = []
    for own in rich:
        order = _drawn(len(own), references + probes, MOST_GENUINE // max(1, len(rich)), dice)
        found.append(_apart(own[order[:, :references]].mean(axis=1), own[order[:, references:]].mean(axis=1)))
    return found


def _others(stacks: Sequence[Stack], references: int, probes: int, dice: np.random.Generator) -> list[Distances]:
    pairs = [(a, b) for a, b in itertools.permutations(stacks, 2) if len(a) >= references and len(b) >= probes]
    each = max(1, MOST_IMPOSTOR // max(1, len(pairs)))
    return [
        _apart(a[_drawn(len(a), references, each, dice)].mean(axis=1), b[_drawn(len(b), probes, each, dice)].mean(axis=1)) for a, b in pairs
    ]


def _drawn(of: int, count: int, times: int, dice: np.random.Generator) -> NDArray[np.intp]:
    """So many times `count` places of `of`, none twice, in any order."""
    return np.argsort(dice.random((times, of)), axis=1)[:, :count]


def _apart(left: NDArray[Any], right: NDArray[Any]) -> Distances:
    return np.asarray(np.linalg.norm(left - right, axis=-1), dtype=np.float64)


def _joined(parts: Sequence[Distances]) -> Distances:
    return np.concatenate(parts) if parts else np.empty(0)


def at_fmr(genuine: Distances, impostor: Distances, rate: float) -> float:
    """The share of genuine pairs refused where impostors pass at this rate."""
    return float(np.mean(genuine >= np.quantile(impostor, rate)))


def equal_error(genuine: Distances, impostor: Distances) -> float:
    """Where both errors are the same."""
    levels = np.unique(np.concatenate([genuine, impostor]))[:: max(1, (genuine.size + impostor.size) // 2000)]
    misses = np.array([np.mean(genuine >= level) for level in levels])
    passes = np.array([np.mean(impostor < level) for level in levels])
    place = int(np.argmin(np.abs(misses - passes)))
    return float((misses[place] + passes[place]) / 2)


def figures(group: Group, references: int, probes: int, below: float) -> dict[str, Any]:
    """One group's figures. Bounds count pairs as if they were independent; there are far fewer people than pairs."""
    genuine, impostor = distances(group.people, references, probes)
    facts: dict[str, Any] = {
        "people": len(group.people),
        "photos": group.photos,
        "failures_to_enrol": dict(group.refused),
        "not_enrolled": group.named,
        "gate": group.gate,
        "genuine": int(genuine.size),
        "impostor": int(impostor.size),
        "threshold": below,
    }
    if not genuine.size or not impostor.size:
        return facts | {"too_few": "people or photos a person"}
    passed, missed = int(np.count_nonzero(impostor < below)), int(np.count_nonzero(genuine >= below))
    return facts | {
        "fmr": passed / impostor.size,
        "fmr_upper95": upper95(passed, impostor.size),
        "fnmr": missed / genuine.size,
        "fnmr_upper95": upper95(missed, genuine.size),
        "fnmr_at_fmr_1e2": at_fmr(genuine, impostor, 1e-2),
        "fnmr_at_fmr_1e3": at_fmr(genuine, impostor, 1e-3),
        "eer": equal_error(genuine, impostor),
    }
