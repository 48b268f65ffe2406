"""Polynomials over the scalars: a secret at place 0, seat i at place i + 1 (protocol §22.3, §22.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from verifier.shares.curve import ORDER, Point


def value_at(coefficients: Sequence[int], place: int) -> int:
    """The polynomial's value, lowest coefficient first."""
    total = 0
    for coefficient in reversed(coefficients):
        total = (total * place + coefficient) % ORDER
    return total


def point_at(commitments: Sequence[Point], place: int) -> Point:
    """value_at, in the exponent: Σ A_k place^k. Raises: NotAPoint when it is infinity."""
    return Point.total(commitment.times(pow(place, k, ORDER)) for k, commitment in enumerate(commitments))


def weights(seats: Iterable[int]) -> dict[int, int]:
    """What each seat's value counts in the value at 0. Raises: ValueError for a seat that stands twice."""
    listed = list(seats)
    if len(set(listed)) != len(listed):
        raise ValueError("a seat stands twice")
    found = {}
    for i in listed:
        top = bottom = 1
        for j in listed:
            if j != i:
                top, bottom = top * (j + 1) % ORDER, bottom * (j - i) % ORDER
        found[i] = top * pow(bottom, -1, ORDER) % ORDER
    return found


def secret_of(shares: Mapping[int, int]) -> int:
    """The value at 0 of the polynomial of lowest degree through the seats' shares."""
    counts = weights(shares)
    return sum(counts[seat] * share for seat, share in shares.items()) % ORDER
