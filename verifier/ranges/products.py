"""Sums of many scalars times many points, after Pippenger: points are put into buckets by the digits of their scalars.

For each place of the scalars the points with the same digit are added to one bucket; the bits of the digits say which buckets belong to
which power of two; the powers are put together by doubling. All additions are the library's. A bucket at infinity is empty, no error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.ranges.group import ORDER, Point, times, total, word

#: From so many points on digits of 4 bits cost less than single products, and digits of 8 less than those of 4.
_FOURS_FROM, _EIGHTS_FROM = 400, 3000


def product(scalars: Sequence[int], points: Sequence[Point]) -> Point | None:
    """The sum of scalars times points; None where it is infinity. Raises: ValueError when they are not as many."""
    if len(scalars) != len(points):
        raise ValueError("as many scalars as points")
    if len(points) < _FOURS_FROM:
        return _sum([times(scalar, point) for scalar, point in zip(scalars, points, strict=True)])
    width = 8 if len(points) >= _EIGHTS_FROM else 4
    reduced = b"".join(word(scalar % ORDER) for scalar in scalars)
    found: Point | None = None
    for digits in _places(reduced, width):
        for part in _by_bits(digits, points, width):
            found = _sum([found, found, part])
    return found


def _places(reduced: bytes, width: int) -> Iterator[bytes]:
    """For each place, from the highest on, the digit of every scalar."""
    low, high = bytes(value & 15 for value in range(256)), bytes(value >> 4 for value in range(256))
    for place in range(32):
        column = reduced[place::32]
        if width == 8:
            yield column
        else:
            yield column.translate(high)
            yield column.translate(low)


def _by_bits(digits: bytes, points: Sequence[Point], width: int) -> list[Point | None]:
    """For each bit of the digits, from the highest on, the sum of the points that have it."""
    buckets: list[list[Point]] = [[] for _ in range(1 << width)]
    for digit, point in zip(digits, points, strict=True):
        buckets[digit].append(point)
    sums = [None, *(total(bucket) for bucket in buckets[1:])]
    return [_sum([one for digit, one in enumerate(sums) if digit >> bit & 1]) for bit in range(width - 1, -1, -1)]


def _sum(points: Sequence[Point | None]) -> Point | None:
    return total([point for point in points if point is not None])
