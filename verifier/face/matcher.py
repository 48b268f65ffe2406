"""One lender's references against one lender's probes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from verifier.face import reasons
from verifier.face.decision import MODEL_ID, Band, Decision
from verifier.face.embedder import Embedding
from verifier.face.model_choice import DLIB, ModelChoice, ModelNotUsable


@dataclass(frozen=True)
class Threshold:
    """Distances below `below` are accepted when this many references and probes were averaged."""

    references: int
    probes: int
    below: float

    @property
    def spread(self) -> Fraction:
        """What averaging leaves of the variance of one photo, summed over both sides."""
        return Fraction(1, self.references) + Fraction(1, self.probes)


@dataclass(frozen=True)
class MatchPolicy:
    """The committed table of thresholds for one model."""

    model_id: str
    rows: tuple[Threshold, ...]
    grey_band: float
    same_person_limit: float

    @classmethod
    def load(cls, model_id: str = MODEL_ID, choice: ModelChoice = DLIB) -> MatchPolicy:
        """The shipped table or the chosen one; it states its origin. Raises: ModelNotUsable, also when it is for another model."""
        table = choice.table()
        if table["model_id"] != model_id:
            raise ModelNotUsable(f"the thresholds are for {table['model_id']}, not for {model_id}")
        rows = tuple(Threshold(row["references"], row["probes"], row["below"]) for row in table["rows"])
        return cls(table["model_id"], rows, table["grey_band"], table["same_person_limit"])

    @property
    def most(self) -> int:
        """More references or probes than this are not averaged: nothing is known about them."""
        return max(row.references for row in self.rows)

    def below(self, references: int, probes: int) -> float:
        """The bound for these numbers of photos.

        Averaging shrinks every distance, an impostor's too, so a bound for few photos is too generous for many. For numbers
        between two rows the row that averages more is taken: it can only refuse more.
        """
        for row in self.rows:
            if (row.references, row.probes) == (references, probes):
                return row.below
        spread = Fraction(1, references) + Fraction(1, probes)
        fitting = [row for row in self.rows if row.spread <= spread]
        if not fitting:
            raise ValueError(f"no threshold for {references} references and {probes} probes")
        return max(fitting, key=lambda row: row.spread).below


class Matcher:
    """Compares by the distance between the means."""

    def __init__(self, policy: MatchPolicy) -> None:
        self.policy = policy

    def decide(self, references: Sequence[Embedding], probes: Sequence[Embedding]) -> Decision:
        """The decision; of more than `policy.most` references the last ones count. Raises: ValueError when one side is empty."""
        if not references or not probes:
            raise ValueError("both sides need a photo")
        references, probes = references[-self.policy.most :], probes[: self.policy.most]
        if _widest(probes) >= self.policy.same_person_limit:
            return Decision("again", reasons.PROBES_DIFFER)
        distance = float(np.linalg.norm(np.mean(references, axis=0) - np.mean(probes, axis=0)))
        return self._judge(distance, self.policy.below(len(references), len(probes)))

    def _judge(self, distance: float, below: float) -> Decision:
        if distance < below - self.policy.grey_band:
            return Decision("accepted", reasons.MATCHES, Band.CLEAR, distance)
        if distance < below:
            return Decision("accepted", reasons.MATCHES, Band.ACCEPTED, distance)
        if distance < below + self.policy.grey_band:
            return Decision("again", reasons.NOT_SURE, Band.GREY, distance)
        return Decision("official", reasons.DOES_NOT_MATCH, Band.FAR, distance)


def _widest(embeddings: Sequence[Embedding]) -> float:
    distances = [float(np.linalg.norm(one - other)) for place, one in enumerate(embeddings) for other in embeddings[:place]]
    return max(distances, default=0.0)
