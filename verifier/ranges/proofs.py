"""The bytes of one proof (protocol §4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.ranges.generators import BITS
from verifier.ranges.group import ORDER, POINT_BYTES, SCALAR_BYTES, NotAPoint, Point, read

_POINTS, _SCALARS = 4 * POINT_BYTES, 3 * SCALAR_BYTES


class ProofUnreadable(Exception):
    """Another length, no point, or a number of n or more."""


def rounds_of(leaves: int) -> int:
    """k, the rounds of the inner product; `leaves` is a power of two."""
    return (BITS * leaves).bit_length() - 1


def length_of(leaves: int) -> int:
    """Bytes of a proof over so many leaves."""
    return _POINTS + _SCALARS + 2 * POINT_BYTES * rounds_of(leaves) + 2 * SCALAR_BYTES


@dataclass(frozen=True)
class Proof:
    """One proof, its bytes as the transcript takes them, and what they say."""

    commitments: bytes
    """A ‖ S ‖ T_1 ‖ T_2."""
    numbers: bytes
    """t ‖ τ ‖ μ."""
    rounds: tuple[bytes, ...]
    """L ‖ R of each."""
    points: tuple[Point, Point, Point, Point]
    scalars: tuple[int, int, int]
    edges: tuple[tuple[Point, Point], ...]
    a: int
    b: int


def read_proof(data: bytes, leaves: int) -> Proof:
    """Raises: ProofUnreadable."""
    if len(data) != length_of(leaves):
        raise ProofUnreadable
    numbers_end, last = _POINTS + _SCALARS, len(data) - 2 * SCALAR_BYTES
    rounds = _pieces(data[numbers_end:last], 2 * POINT_BYTES)
    a, b = (_scalar(piece) for piece in _pieces(data[last:], SCALAR_BYTES))
    t, tau, mu = (_scalar(piece) for piece in _pieces(data[_POINTS:numbers_end], SCALAR_BYTES))
    try:
        first, second, third, fourth = (read(piece) for piece in _pieces(data[:_POINTS], POINT_BYTES))
        edges = tuple((read(one[:POINT_BYTES]), read(one[POINT_BYTES:])) for one in rounds)
    except NotAPoint as error:
        raise ProofUnreadable from error
    return Proof(data[:_POINTS], data[_POINTS:numbers_end], rounds, (first, second, third, fourth), (t, tau, mu), edges, a, b)


def _pieces(data: bytes, length: int) -> tuple[bytes, ...]:
    return tuple(data[at : at + length] for at in range(0, len(data), length))


def _scalar(data: bytes) -> int:
    value = int.from_bytes(data, "big")
    if value >= ORDER:
        raise ProofUnreadable
    return value
