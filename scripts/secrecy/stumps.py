"""A plain classifier: boosted stumps for several classes (SAMME), each stump one threshold of one feature. No randomness in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
ROUNDS = 150
QUANTILES = 8
Z_95 = 1.959964


@dataclass
class Stumps:
    """Trained stumps: (feature, threshold, class at most there, class above, weight)."""

    classes: int
    stumps: list[tuple[int, float, int, int, float]] = field(default_factory=list)

    def predict(self, features: Matrix) -> Labels:
        """The class with the most weight for each row."""
        votes = np.zeros((len(features), self.classes))
        rows = np.arange(len(features))
        for feature, threshold, low, high, weight in self.stumps:
            votes[rows, np.where(features[:, feature] > threshold, high, low)] += weight
        return np.asarray(votes.argmax(axis=1), dtype=np.int64)


def train(features: Matrix, labels: Labels, classes: int, rounds: int = ROUNDS) -> Stumps:
    """`features` rows by columns, `labels` 0 .. classes - 1."""
    columns, thresholds = _cuts(features)
    above = (features[:, columns] > thresholds).astype(np.float64)
    weights, found = np.full(len(labels), 1 / len(labels)), Stumps(classes)
    own = np.eye(classes)[labels]
    for _ in range(rounds if len(columns) else 0):
        weighed = own * weights[:, None]
        high = above.T @ weighed
        low = weighed.sum(axis=0) - high
        best = int((high.max(axis=1) + low.max(axis=1)).argmax())
        ends = int(low[best].argmax()), int(high[best].argmax())
        wrong = np.where(above[:, best] > 0, ends[1], ends[0]) != labels
        error = max(float(weights[wrong].sum()), 1e-9)
        weight = math.log((1 - error) / error) + math.log(classes - 1)
        if weight <= 0:
            break
        found.stumps.append((int(columns[best]), float(thresholds[best]), *ends, weight))
        if error <= 1e-9:
            break
        weights = weights * np.exp(weight * wrong)
        weights /= weights.sum()
    return found


def _cuts(features: Matrix) -> tuple[Labels, Matrix]:
    """Thresholds between the values of each column: all of few, some of many."""
    columns: list[int] = []
    thresholds: list[float] = []
    for column in range(features.shape[1]):
        values = np.unique(features[:, column])
        middles = (values[:-1] + values[1:]) / 2
        if len(middles) > QUANTILES:
            middles = np.unique(np.quantile(features[:, column], np.linspace(0, 1, QUANTILES + 2)[1:-1]))
        columns += [column] * len(middles)
        thresholds += middles.tolist()
    return np.array(columns, dtype=np.int64), np.array(thresholds)


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, z = right / of, Z_95**2 / of
    middle, half = share + z / 2, Z_95 * math.sqrt(share * (1 - share) / of + z / (4 * of))
    return (middle - half) / (1 + z), (middle + half) / (1 + z)
