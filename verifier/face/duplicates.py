"""Might one person stand behind several lenders? A ranked list for people to look at, never a refusal.

`python -m verifier.face.duplicates [COUNT]` measures a search among so many templates (default 1,000,000).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.face.embedder import Embedding
from verifier.face.matcher import MatchPolicy
from verifier.face.model_choice import ModelChoice

_ROWS, _COLUMNS = 512, 16_384
#: What rounding in single precision may take from a squared distance.
_SLACK = 1e-4


@dataclass(frozen=True)
class Likeness:
    """Another lender's template that is near; `place` is its row in the store, nearest first."""

    place: int
    distance: float


@dataclass(frozen=True)
class ReviewList:
    """What officials look through; `expected_false` of the templates searched would be as near by chance alone."""

    likenesses: tuple[Likeness, ...]
    searched: int
    expected_false: float


@dataclass(frozen=True)
class Pair:
    """Two rows whose templates are near."""

    first: int
    second: int
    distance: float


@dataclass(frozen=True)
class Bound:
    """Templates that are means of `references` photos are near below `below`; strangers are at a rate of at most `fmr` (95 %).

    The rate is the worst of all groups measured and of people who did not set the threshold. `clear` is well below the bound.
    """

    references: int
    below: float
    clear: float
    fmr: float

    @classmethod
    def load(cls, choice: ModelChoice, references: int) -> Bound:
        """From the table of thresholds, for means of this many photos on both sides. Raises: ModelNotUsable."""
        table = choice.table()
        policy = MatchPolicy.load(table["model_id"], choice)
        counted = min(references, policy.most)
        row = next(row for row in table["rows"] if (row["references"], row["probes"]) == (counted, counted))
        return cls(counted, row["below"], row["below"] - policy.grey_band, max(_rates(row)))


def _rates(facts: Any) -> Iterator[float]:
    """Every upper bound of a rate that a row of the table states, whoever it is of."""
    for name, value in facts.items() if isinstance(facts, dict) else ():
        if name == "fmr_upper95" and value is not None:
            yield float(value)
        yield from _rates(value)


class Templates:
    """One template a row, in two halves: whoever is far in the front half is far in all, and mostly the front half suffices.

    Raises: ValueError when it is no table of rows.
    """

    def __init__(self, rows: NDArray[np.float32]) -> None:
        if rows.ndim != 2:
            raise ValueError("the store holds one template a row")
        self.length = rows.shape[1]
        self._cut = max(1, self.length // 2)
        self._front = np.ascontiguousarray(rows[:, : self._cut], dtype=np.float32)
        self._back = np.ascontiguousarray(rows[:, self._cut :], dtype=np.float32)
        self._front_squares = np.einsum("ij,ij->i", self._front, self._front)
        self._squares = self._front_squares + np.einsum("ij,ij->i", self._back, self._back)

    def __len__(self) -> int:
        return len(self._front)

    def search(self, template: Embedding, below: float, fmr: float, most: int = 20) -> ReviewList:
        """The nearest templates below a distance. `fmr` is the rate at which strangers are that near (upper bound, docs/face.md).

        Exact: the back half is looked at wherever the front half alone is not too far. Raises: ValueError when the shapes do not fit.
        """
        if template.shape != (self.length,):
            raise ValueError("a template has the same length as those of the store")
        front, back = template[: self._cut].astype(np.float32), template[self._cut :].astype(np.float32)
        # |row|^2 - 2 row.template, in place: the rest of the squared distance is the same for all rows
        partial = self._front @ front
        partial *= np.float32(-2.0)
        partial += self._front_squares
        places = np.flatnonzero(partial < np.float32(below**2 + _SLACK) - np.float32(front @ front))
        squares = partial[places] + np.float32(front @ front) + ((self._back[places] - back) ** 2).sum(axis=1)
        near = squares < below**2
        places, squares = places[near], squares[near]
        order = np.argsort(squares, kind="stable")[:most]
        found = tuple(Likeness(int(places[at]), float(np.sqrt(max(0.0, float(squares[at]))))) for at in order)
        return ReviewList(found, len(self), len(self) * fmr)

    def pairs(self, below: float, most: int, advance: Callable[[int], None] = lambda _: None) -> list[Pair]:
        """The nearest pairs of all below a distance, nearest first; block by block, so memory stays bounded. `advance` counts rows."""
        kept_squares, kept = np.empty(0, dtype=np.float32), np.empty((0, 2), dtype=np.int64)
        limit = np.float32(below**2)
        for top in range(0, len(self), _ROWS):
            for left in range(top, len(self), _COLUMNS):
                squares, places = self._near(top, left, limit)
                if not squares.size:
                    continue
                kept_squares, kept = np.concatenate([kept_squares, squares]), np.concatenate([kept, places])
                if len(kept) > most:
                    best = np.argsort(kept_squares, kind="stable")[:most]
                    kept_squares, kept = kept_squares[best], kept[best]
                    limit = kept_squares[-1]
            advance(min(_ROWS, len(self) - top))
        order = np.argsort(kept_squares, kind="stable")
        return [Pair(int(kept[at, 0]), int(kept[at, 1]), float(np.sqrt(max(0.0, float(kept_squares[at]))))) for at in order]

    def _near(self, top: int, left: int, limit: np.float32) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        rows, columns = slice(top, top + _ROWS), slice(left, left + _COLUMNS)
        product = self._front[rows] @ self._front[columns].T + self._back[rows] @ self._back[columns].T
        squares = self._squares[rows, None] + self._squares[None, columns] - 2.0 * product
        first, second = np.nonzero(squares < limit)
        ahead = first + top < second + left  # each pair once, and nobody with themselves
        first, second = first[ahead], second[ahead]
        return squares[first, second], np.column_stack([first + top, second + left])


def stack(templates: Sequence[Embedding]) -> NDArray[np.float32]:
    """One row a template."""
    return np.stack(templates).astype(np.float32)


def main() -> None:
    """Print processor time of a search and the memory of this process."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    dice = np.random.default_rng(1)
    rows = dice.standard_normal((count, 128), dtype=np.float32) * np.float32(0.04)  # strangers 0.64 apart, as East Asian faces are to dlib
    asked, templates = rows[7].copy(), Templates(rows)
    del rows
    taken = []
    for _ in range(20):
        began = time.process_time()
        templates.search(asked, below=0.36, fmr=1e-3)
        taken.append(1000 * (time.process_time() - began))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        json.dumps(
            {"templates": count, "cpu_ms_per_search": round(sorted(taken)[10], 1), "best_ms": round(min(taken), 1), "memory_mib": memory}
        )
    )


if __name__ == "__main__":
    main()
