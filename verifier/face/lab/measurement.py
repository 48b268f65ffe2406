"""Error rates of the shipped thresholds on a folder of photos, one sub-folder a person."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verifier.face.decision import Purpose
from verifier.face.embedder import Embedding, from_bytes
from verifier.face.errors import PictureRefused
from verifier.face.matcher import MatchPolicy
from verifier.face.worker import FaceRoom

SUFFIXES = {".jpg", ".jpeg", ".png"}
SIZES = ((1, 1), (1, 3), (2, 2), (2, 3), (3, 1), (3, 3))
MOST_TRIALS = 20_000


@dataclass(frozen=True)
class Rates:
    """How often two templates were taken for one person, at the shipped threshold.

    Trials with several photos draw them at random and overlap, so they are fewer independent facts than their number.
    """

    references: int
    probes: int
    below: float
    genuine: int
    genuine_accepted: int
    genuine_again: int
    impostor: int
    impostor_accepted: int
    impostor_again: int


def people_in(folder: Path) -> dict[str, list[Path]]:
    """Photos by person: the name of the sub-folder."""
    found = {
        person.name: sorted(path for path in person.iterdir() if path.suffix.lower() in SUFFIXES)
        for person in sorted(folder.iterdir())
        if person.is_dir()
    }
    return {person: paths for person, paths in found.items() if paths}


def read_people(room: FaceRoom, people: dict[str, list[Path]], purpose: Purpose) -> tuple[dict[str, list[Embedding]], Counter[str]]:
    """Embeddings by person, and how many photos were refused for which reason."""
    refused: Counter[str] = Counter()

    def read(path: Path) -> Embedding | str:
        try:
            return from_bytes(room.read(path.read_bytes(), purpose).embedding)
        except PictureRefused as error:
            return error.reason.code

    embeddings: dict[str, list[Embedding]] = {}
    with ThreadPoolExecutor(2) as threads:
        for person, paths in people.items():
            results = list(threads.map(read, paths))
            refused.update(result for result in results if isinstance(result, str))
            embeddings[person] = [result for result in results if not isinstance(result, str)]
    return embeddings, refused


def rates(embeddings: dict[str, list[Embedding]], policy: MatchPolicy, seed: int = 1) -> Iterator[Rates]:
    """Rates for every combination in SIZES that the photos allow."""
    dice = random.Random(seed)  # noqa: S311 - repeatable draws, no secret
    for references, probes in SIZES:
        genuine = _distances(_genuine(embeddings, references, probes, dice))
        impostor = _distances(_impostor(embeddings, references, probes, dice))
        if genuine.size and impostor.size:
            below = policy.below(references, probes)
            again = below + policy.grey_band
            counts = [int(np.count_nonzero(side < bound)) for side in (genuine, impostor) for bound in (below, again)]
            yield Rates(
                references, probes, below, genuine.size, counts[0], counts[1] - counts[0], impostor.size, counts[2], counts[3] - counts[2]
            )


_Trial = tuple[Sequence[Embedding], Sequence[Embedding]]


def _genuine(embeddings: dict[str, list[Embedding]], references: int, probes: int, dice: random.Random) -> list[_Trial]:
    if references == probes == 1:
        return [([one], [other]) for own in embeddings.values() for one, other in itertools.combinations(own, 2)]
    rich = [own for own in embeddings.values() if len(own) >= references + probes]
    trials: list[_Trial] = []
    for own in rich:
        for _ in range(MOST_TRIALS // 10 // len(rich)):
            drawn = dice.sample(own, references + probes)
            trials.append((drawn[:references], drawn[references:]))
    return trials


def _impostor(embeddings: dict[str, list[Embedding]], references: int, probes: int, dice: random.Random) -> list[_Trial]:
    if references == probes == 1:
        return [
            ([one], [other])
            for own, others in itertools.combinations(embeddings.values(), 2)
            for one, other in itertools.product(own, others)
        ]
    pairs = [
        (own, others) for own, others in itertools.permutations(embeddings.values(), 2) if len(own) >= references and len(others) >= probes
    ]
    each = max(1, MOST_TRIALS // max(1, len(pairs)))
    return [(dice.sample(own, references), dice.sample(others, probes)) for own, others in pairs for _ in range(each)]


def _distances(trials: list[_Trial]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = [float(np.linalg.norm(np.mean(one, axis=0) - np.mean(other, axis=0))) for one, other in trials]
    return np.array(found, dtype=np.float64)
