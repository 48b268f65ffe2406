"""Distances become decisions by the committed table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from verifier.face.embedder import Embedding, from_bytes, to_bytes
from verifier.face.matcher import Matcher, MatchPolicy

POLICY = MatchPolicy.load()


def at(distance: float) -> Embedding:
    """An embedding at this distance from the origin."""
    point = np.zeros(128, dtype=np.float32)
    point[0] = distance
    return point


@pytest.mark.parametrize(
    ("distance", "outcome", "band"),
    [
        (0.0, "accepted", "clear"),
        (0.319, "accepted", "clear"),
        (0.321, "accepted", "accepted"),
        (0.379, "accepted", "accepted"),
        (0.381, "again", "grey"),
        (0.439, "again", "grey"),
        (0.441, "official", "far"),
        (0.59, "official", "far"),
    ],
)
def test_one_photo_against_one(distance: float, outcome: str, band: str) -> None:
    decision = Matcher(POLICY).decide([at(0)], [at(distance)])
    assert (decision.outcome, decision.band) == (outcome, band)


def test_the_bound_falls_as_more_photos_are_averaged() -> None:
    assert [POLICY.below(count, count) for count in (1, 2, 3)] == [0.38, 0.34, 0.32]


def test_more_photos_never_have_a_wider_bound() -> None:
    for references in (1, 2, 3):
        for probes in (1, 2, 3):
            below = POLICY.below(references, probes)
            assert below <= POLICY.below(max(1, references - 1), probes)
            assert below <= POLICY.below(references, max(1, probes - 1))


def test_between_two_rows_the_stricter_one_counts() -> None:
    sparse = replace(POLICY, rows=tuple(row for row in POLICY.rows if row.references == row.probes))
    assert [sparse.below(*sizes) for sizes in ((1, 2), (3, 1), (2, 3))] == [0.34, 0.34, 0.32]


def test_numbers_beyond_the_table_have_no_bound() -> None:
    with pytest.raises(ValueError, match="no threshold"):
        POLICY.below(5, 3)


def test_of_five_references_the_last_three_count() -> None:
    old, new = [at(5.0)] * 2, [at(0.0)] * 3
    assert Matcher(POLICY).decide(old + new, [at(0.1)]).outcome == "accepted"


def test_probes_of_two_people_are_not_averaged_into_a_third() -> None:
    decision = Matcher(POLICY).decide([at(0.0)], [at(-0.35), at(0.35)])
    assert (decision.outcome, decision.reason.code) == ("again", "ProbesDiffer")


@pytest.mark.parametrize(("references", "probes"), [([], [at(0)]), ([at(0)], [])])
def test_nothing_is_never_a_match(references: list[Embedding], probes: list[Embedding]) -> None:
    with pytest.raises(ValueError, match="both sides"):
        Matcher(POLICY).decide(references, probes)


def test_a_table_for_another_model_is_refused() -> None:
    with pytest.raises(ValueError, match="not for another"):
        MatchPolicy.load("another")


def test_an_embedding_survives_its_bytes_and_a_broken_one_does_not() -> None:
    assert np.array_equal(from_bytes(to_bytes(at(0.25))), at(0.25))
    for broken in (b"", b"\0" * 511, to_bytes(at(float("nan")))):
        with pytest.raises(ValueError):  # noqa: PT011 - numpy words it
            from_bytes(broken)
