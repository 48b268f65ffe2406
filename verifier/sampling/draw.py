"""Seed, points and the leaves that they hit (protocol §4.3). A leaf is hit the more often the more it holds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from verifier.ranges.group import keccak

#: So many blocks after the freeze stands the one whose hash is in the seed.
BLOCKS_LATER = 16
#: How many points are drawn: a share of 5 % or 1 % that is overstated escapes with less than 1 %; 0 stands for every leaf.
WHOLE, SIZES = 0, (90, 459)


def seed_of(root: bytes, block_hash: bytes) -> bytes:
    """32 bytes, from the frozen root and the hash of the block so many later."""
    return keccak(keccak(b"LenderVote/1/sample") + root + block_hash)


def points_of(seed: bytes, draws: int, total_fen: int) -> list[int]:
    """Fen of the register, counted from 0 on through all leaves; `total_fen` is above 0."""
    return [int.from_bytes(keccak(seed + number.to_bytes(4, "big")), "big") % total_fen for number in range(draws)]


def indexes_of(points: Sequence[int], amounts: Sequence[int]) -> list[int]:
    """The leaf that covers each point, for whoever knows all amounts by index."""
    ends = list(accumulate(amounts))
    return [bisect_right(ends, point) for point in points]


def bounds_told(points: Sequence[int], indexes: Sequence[int], total_fen: int) -> dict[int, tuple[int, int]]:
    """What a published draw tells of the leaves that were hit: each holds at least and at most so much."""
    order = sorted(zip(points, indexes, strict=True))
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for place, (_, index) in enumerate(order):
        first.setdefault(index, place)
        last[index] = place
    found = {}
    for index, begin in first.items():
        end = last[index]
        before = order[begin - 1][0] if begin else -1
        after = order[end + 1][0] if end + 1 < len(order) else total_fen
        found[index] = order[end][0] - order[begin][0] + 1, after - before - 1
    return found
