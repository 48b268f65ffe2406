"""How a chunk is proved by whoever knows amounts and blinds (protocol §4.2). Times depend on secrets: it runs where the openings are.

Nothing here decides whether a proof is right; `checking` does, in other hands.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from verifier.ranges.generators import BITS, G, H, generators
from verifier.ranges.group import ORDER, XY_BYTES, Point, negated, powers, times, total, word, write
from verifier.ranges.products import product
from verifier.ranges.transcript import ChallengeZero, Transcript

Opening = tuple[int, int]
"""Amount in fen, blind."""


class OutOfRange(ValueError):
    """An amount below 0, or of 2^64 or more: there is no proof."""


class _Infinite(Exception):
    """A point that has to be written is infinity."""


def prove(context: bytes, start: int, openings: Sequence[Opening], points: bytes) -> bytes:
    """The proof of the chunk from `start`; `points` are its commitments, 64 bytes each. Raises: OutOfRange, ValueError."""
    if len(points) != XY_BYTES * len(openings) or len(openings).bit_count() != 1:
        raise ValueError("as many points as openings, and a power of two of them")
    if any(not 0 <= amount < 2**BITS for amount, _ in openings):
        raise OutOfRange
    while True:
        try:
            return _Attempt(Transcript(context, start, points), openings).proof()
        except (_Infinite, ChallengeZero):  # once in 2^250: all that is random is drawn anew
            continue


class _Attempt:
    """One run of the protocol with fresh random numbers."""

    def __init__(self, told: Transcript, openings: Sequence[Opening]) -> None:
        self._told = told
        self._openings = openings
        self._bits = [amount >> bit & 1 for amount, _ in openings for bit in range(BITS)]
        self._e, self._f = _random(len(self._bits)), _random(len(self._bits))
        self._alpha, self._rho, self._tau_1, self._tau_2 = _random(4)

    def proof(self) -> bytes:
        """Raises: _Infinite, ChallengeZero."""
        of_g, of_h = generators(len(self._openings))
        masked = product([self._rho, *self._e, *self._f], [H, *of_g, *of_h])
        commitments = _written(self._bit_sum(of_g, of_h)) + _written(masked)
        y, z = self._told.challenge(b"y", commitments), self._told.challenge(b"z")
        steps, weights = powers(y, len(self._bits)), powers(z, len(self._openings) + 2)[2:]
        doubled = [weight << bit for weight in weights for bit in range(BITS)]
        left = [bit - z for bit in self._bits]
        right = [(step * (bit - 1 + z) + weight) % ORDER for step, bit, weight in zip(steps, self._bits, doubled, strict=True)]
        slope = [step * f % ORDER for step, f in zip(steps, self._f, strict=True)]
        first = _dot(left, slope) + _dot(self._e, right)
        sums = _written(product([first, self._tau_1], [G, H])) + _written(product([_dot(self._e, slope), self._tau_2], [G, H]))
        x = self._told.challenge(b"x", sums)
        left = [(a + b * x) % ORDER for a, b in zip(left, self._e, strict=True)]
        right = [(a + b * x) % ORDER for a, b in zip(right, slope, strict=True)]
        numbers = self._numbers(_dot(left, right), x, weights)
        w = self._told.challenge(b"w", numbers)
        return commitments + sums + numbers + _InnerProduct(self._told, left, right, of_g, of_h, y, w).proof()

    def _bit_sum(self, of_g: Sequence[Point], of_h: Sequence[Point]) -> Point | None:
        """α*H + Σ bit_i*G_i - (1 - bit_i)*H_i."""
        terms = [g if bit else negated(h) for bit, g, h in zip(self._bits, of_g, of_h, strict=True)]
        blind = times(self._alpha, H)
        return total(terms if blind is None else [*terms, blind])

    def _numbers(self, t: int, x: int, weights: Sequence[int]) -> bytes:
        """t ‖ τ ‖ μ."""
        blinds = sum(weight * blind for weight, (_, blind) in zip(weights, self._openings, strict=True))
        tau = self._tau_2 * x * x + self._tau_1 * x + blinds
        return b"".join(word(value % ORDER) for value in (t, tau, self._alpha + self._rho * x))


class _InnerProduct:
    """Halves the vectors round by round. The generators as the protocol folds them are factor*point: g_i = of_g * G_i and
    h_i = of_h * y^(-i) * H_i, so that each half costs one multiplication a point."""

    def __init__(self, told: Transcript, left: list[int], right: list[int], g: Sequence[Point], h: Sequence[Point], y: int, w: int) -> None:
        self._told, self._left, self._right, self._g, self._h, self._w = told, left, right, g, h, w
        self._back = powers(pow(y, -1, ORDER), len(left))
        self._of_g = self._of_h = 1

    def proof(self) -> bytes:
        """L_1 ‖ R_1 ‖ … ‖ a ‖ b. Raises: _Infinite, ChallengeZero."""
        written = b""
        while len(self._left) > 1:
            half = len(self._left) // 2
            low, high = slice(None, half), slice(half, None)
            said = self._edge(low, high) + self._edge(high, low)
            written += said
            self._fold(half, self._told.challenge(b"u", said))
        return written + word(self._left[0]) + word(self._right[0])

    def _edge(self, mine: slice, other: slice) -> bytes:
        """<l_mine, g_other> + <r_other, h_mine> + <l_mine, r_other>*w*G."""
        left, right = self._left[mine], self._right[other]
        scalars = [self._w * _dot(left, right), *(self._of_g * one for one in left)]
        scalars += [self._of_h * back * one for back, one in zip(self._back[mine], right, strict=True)]
        return _written(product(scalars, [G, *self._g[other], *self._h[mine]]))

    def _fold(self, half: int, u: int) -> None:
        back = pow(u, -1, ORDER)
        square, root = u * u % ORDER, back * back % ORDER * self._back[half] % ORDER
        self._left = [(u * a + back * b) % ORDER for a, b in zip(self._left[:half], self._left[half:], strict=True)]
        self._right = [(back * a + u * b) % ORDER for a, b in zip(self._right[:half], self._right[half:], strict=True)]
        self._of_g, self._of_h = self._of_g * back % ORDER, self._of_h * u % ORDER
        if half > 1:  # the last ones are not needed
            self._g = [_plus_times(a, square, b) for a, b in zip(self._g[:half], self._g[half:], strict=True)]
            self._h = [_plus_times(a, root, b) for a, b in zip(self._h[:half], self._h[half:], strict=True)]
        self._back = self._back[:half]


def _plus_times(a: Point, scalar: int, b: Point) -> Point:
    """a + scalar*b. Raises: _Infinite."""
    found = total([a, times(scalar, b)])
    if found is None:
        raise _Infinite
    return found


def _written(point: Point | None) -> bytes:
    if point is None:
        raise _Infinite
    return write(point)


def _random(count: int) -> list[int]:
    return [1 + secrets.randbelow(ORDER - 1) for _ in range(count)]


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(p * q for p, q in zip(a, b, strict=True)) % ORDER
