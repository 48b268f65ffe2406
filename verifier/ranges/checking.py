"""Whether proofs hold: many at once, and where they do not, which (protocol §4.2)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from verifier.ranges.file import Chunk
from verifier.ranges.generators import BITS, MOST, MOST_LEAVES, G, H, generators
from verifier.ranges.group import ORDER, XY_BYTES, NotAPoint, Point, powers, read_xy
from verifier.ranges.products import product
from verifier.ranges.proofs import Proof, ProofUnreadable, read_proof
from verifier.ranges.transcript import ChallengeZero, Transcript

WEIGHT_BITS = 128
#: Chunks that are checked together: more of them cost no less each.
CHUNKS_TOGETHER = 256
_ALL_ONES = 2**BITS - 1


@dataclass(frozen=True)
class Claimed:
    """One chunk, the commitments of its leaves (64 bytes x ‖ y each) and the bytes of its proof."""

    chunk: Chunk
    points: bytes
    proof: bytes

    @classmethod
    def of(cls, chunk: Chunk, proof: bytes, points: bytes | bytearray, first: int = 0) -> Claimed:
        """With its own of the commitments `points`, which are those of the leaves from `first` on."""
        begin = XY_BYTES * (chunk.start - first)
        return cls(chunk, bytes(points[begin : begin + XY_BYTES * chunk.leaves]), proof)


def blocks(pieces: Iterable[tuple[Chunk, bytes]], points: bytes | bytearray) -> Iterator[list[Claimed]]:
    """Chunks with their proofs, so many at a time as are worth checking together; `points` are the commitments of all leaves."""
    every = iter(pieces)
    while block := [Claimed.of(chunk, proof, points) for chunk, proof in islice(every, CHUNKS_TOGETHER)]:
        yield block


def wrong_chunks(context: bytes, claimed: Sequence[Claimed]) -> list[Chunk]:
    """Those whose proofs do not hold, by rising number. Proofs that cannot be read are wrong by themselves."""
    read, wrong = [], []
    for one in claimed:
        try:
            read.append(_Read.of(context, one))
        except (ProofUnreadable, ChallengeZero, NotAPoint):
            wrong.append(one.chunk)
    wrong += [one.chunk for one in _not_holding(read)]
    return sorted(wrong, key=lambda chunk: chunk.number)


def _not_holding(read: Sequence[_Read]) -> Iterator[_Read]:
    """All at once; where that fails, half by half."""
    if not read or _hold(read):
        return
    if len(read) == 1:
        yield read[0]
        return
    half = len(read) // 2
    yield from _not_holding(read[:half])
    yield from _not_holding(read[half:])


def _hold(read: Sequence[_Read]) -> bool:
    """Whether the sum of all equations, each with a fresh weight, is infinity."""
    total = _Total()
    for one in read:
        total.add(one, _weight(), _weight())
    return total.is_infinity()


def _weight() -> int:
    """128 fresh random bits, other than 0: whoever proves must not foresee them."""
    return 1 + secrets.randbelow(2**WEIGHT_BITS - 1)


@dataclass(frozen=True)
class _Read:
    """A proof with its challenges."""

    chunk: Chunk
    points: Sequence[Point]
    proof: Proof
    y: int
    z: int
    x: int
    w: int
    u: tuple[int, ...]

    @staticmethod
    def of(context: bytes, claimed: Claimed) -> _Read:
        """Raises: ProofUnreadable, ChallengeZero, NotAPoint."""
        proof = read_proof(claimed.proof, claimed.chunk.leaves)
        if len(claimed.points) != XY_BYTES * claimed.chunk.leaves:
            raise ProofUnreadable
        points = [read_xy(claimed.points[at : at + XY_BYTES]) for at in range(0, len(claimed.points), XY_BYTES)]
        told, half = Transcript(context, claimed.chunk.start, claimed.points), len(proof.commitments) // 2
        y, z = told.challenge(b"y", proof.commitments[:half]), told.challenge(b"z")
        x, w = told.challenge(b"x", proof.commitments[half:]), told.challenge(b"w", proof.numbers)
        return _Read(claimed.chunk, points, proof, y, z, x, w, tuple(told.challenge(b"u", one) for one in proof.rounds))


class _Total:
    """Left sides less right sides of the equations added so far, as scalars of points.

    Those of the generators are whole numbers that are not reduced before the end.
    """

    def __init__(self) -> None:
        self._of_g = [0] * MOST
        self._of_h = [0] * MOST
        self._scalars: list[int] = [0, 0]
        self._points: list[Point] = [G, H]

    def add(self, one: _Read, first: int, second: int) -> None:
        """The two equations of a proof, times these weights."""
        self._add_sum(one, first)
        self._add_rounds(one, second)
        self._add_generators(one, second)

    def is_infinity(self) -> bool:
        """What all of it comes to."""
        of_g, of_h = generators(MOST_LEAVES)
        used = max((place + 1 for place in range(MOST) if self._of_g[place] or self._of_h[place]), default=0)
        scalars = [*self._scalars, *self._of_g[:used], *self._of_h[:used]]
        return product(scalars, [*self._points, *of_g[:used], *of_h[:used]]) is None

    def _add_sum(self, one: _Read, weight: int) -> None:
        """t*G + τ*H = δ*G + Σ z^(2+j)*C_j + x*T_1 + x^2*T_2."""
        t, tau, _ = one.proof.scalars
        of_z = powers(one.z, len(one.points) + 3)
        delta = (one.z - of_z[2]) * _sum_of_powers(one.y, BITS * len(one.points)) - _ALL_ONES * sum(of_z[3:])
        self._scalars[0] += weight * (t - delta)
        self._scalars[1] += weight * tau
        self._take([-weight * power for power in of_z[2:-1]], one.points)
        self._take([-weight * one.x, -weight * one.x * one.x], one.proof.points[2:])

    def _add_rounds(self, one: _Read, weight: int) -> None:
        """A + x*S - μ*H + (t - a*b)*w*G + Σ u^2*L + u^(-2)*R."""
        proof = one.proof
        self._scalars[0] += weight * (proof.scalars[0] - proof.a * proof.b) * one.w
        self._scalars[1] -= weight * proof.scalars[2]
        self._take([weight, weight * one.x], proof.points[:2])
        for u, edge in zip(one.u, proof.edges, strict=True):
            square = u * u % ORDER
            self._take([weight * square, weight * pow(square, -1, ORDER)], edge)

    def _add_generators(self, one: _Read, weight: int) -> None:
        """Σ -(z + a*v_i)*G_i + (z + (z^(2+j)*2^bit - b*v_i^(-1))*y^(-i))*H_i."""
        count, plain = BITS * len(one.points), weight * one.z
        back = pow(one.y, -1, ORDER)
        of_a = _folded(one.u, weight * one.proof.a)
        of_b = _folded(one.u, weight * one.proof.b)
        of_b.reverse()  # v_i times v_(N-1-i) is 1
        bits = [weight * power % ORDER << bit for power in powers(one.z, len(one.points) + 2)[2:] for bit in range(BITS)]
        self._of_g[:count] = [found - plain - a for found, a in zip(self._of_g, of_a, strict=False)]
        self._of_h[:count] = [
            found + plain + (bit - b) * power for found, bit, b, power in zip(self._of_h, bits, of_b, powers(back, count), strict=False)
        ]

    def _take(self, scalars: Sequence[int], points: Sequence[Point]) -> None:
        self._scalars += [scalar % ORDER for scalar in scalars]
        self._points += points


def _folded(u: Sequence[int], factor: int) -> list[int]:
    """factor*v_i for every i: in v_i the challenge of round r counts once more, or once less, by bit k - r of i."""
    least = factor
    for one in u:
        least = least * pow(one, -1, ORDER) % ORDER
    found = [least]
    for one in reversed(u):
        square = one * one % ORDER
        found += [value * square % ORDER for value in found]
    return found


def _sum_of_powers(base: int, count: int) -> int:
    """base^0 + … + base^(count-1); `count` is a power of two."""
    found, power = 1, base
    while count > 1:
        found = found * (1 + power) % ORDER
        power, count = power * power % ORDER, count // 2
    return found
