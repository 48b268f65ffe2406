"""Might one person stand behind several lenders? A ranked list for people to look at, never a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verifier.face.embedder import Embedding


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


def search(template: Embedding, store: NDArray[np.float32], below: float, fmr: float, most: int = 20) -> ReviewList:
    """The nearest templates below a distance. `fmr` is the rate at which strangers are that near (upper bound, docs/face.md).

    One matrix product over rows of 128 float32. Raises: ValueError when the shapes do not fit.
    """
    if store.ndim != 2 or store.shape[1:] != template.shape:
        raise ValueError("the store holds one template a row, of the same length as the one searched")
    squares = np.einsum("ij,ij->i", store, store) - 2.0 * (store @ template) + np.float32(template @ template)
    near = np.flatnonzero(squares < below**2)
    ranked = near[np.argsort(squares[near], kind="stable")][:most]
    found = tuple(Likeness(int(place), float(np.sqrt(max(0.0, float(squares[place]))))) for place in ranked)
    return ReviewList(found, len(store), len(store) * fmr)


def stack(templates: Sequence[Embedding]) -> NDArray[np.float32]:
    """One row a template."""
    return np.stack(templates).astype(np.float32)
