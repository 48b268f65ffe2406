"""The register's tree (protocol §4): root, proofs, multiproofs. Levels are kept as bytes, 32 for each node."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from backend.ground.common.hashing import keccak

MIN_DEPTH = 8
MAX_LEAVES = 2**24
_ZERO = bytes(32)


def depth_of(leaf_count: int) -> int:
    """The tree's depth. Raises: ValueError when the count is out of range."""
    if not 1 <= leaf_count <= MAX_LEAVES:
        raise ValueError("1 to 2^24 leaves")
    return max(MIN_DEPTH, (leaf_count - 1).bit_length())


def node_of(a: bytes, b: bytes) -> bytes:
    """The parent of two nodes: the smaller one is hashed first."""
    return keccak(a + b if a < b else b + a)


class Tree:
    """All nodes over the leaves; the empty places at the end are not stored."""

    def __init__(self, leaf_hashes: bytes) -> None:
        self.leaf_count = len(leaf_hashes) // 32
        self.depth = depth_of(self.leaf_count)
        self._levels = [leaf_hashes]
        self._empty = [_ZERO]
        for height in range(self.depth):
            self._levels.append(_parents(self._levels[-1], self._empty[height]))
            self._empty.append(node_of(self._empty[height], self._empty[height]))

    @property
    def root(self) -> bytes:
        """The node at the top."""
        return self._levels[-1]

    def node(self, height: int, place: int) -> bytes:
        """The node at a place of a level, 0 being the leaves; beyond the stored ones, the empty subtree's."""
        return self._levels[height][32 * place : 32 * place + 32] or self._empty[height]

    def proof(self, index: int) -> list[bytes]:
        """The siblings of a leaf, bottom to top. Raises: IndexError beyond the leaf count."""
        self._check(index)
        return [self.node(height, (index >> height) ^ 1) for height in range(self.depth)]

    def multiproof(self, indexes: Sequence[int]) -> list[bytes]:
        """The siblings that prove strictly ascending indexes together (protocol §4.1).

        Raises: IndexError beyond the leaf count, ValueError when the indexes do not ascend.
        """
        if not indexes or any(a >= b for a, b in pairwise(indexes)):
            raise ValueError("indexes ascend, each once")
        self._check(indexes[0])
        self._check(indexes[-1])
        siblings: list[bytes] = []
        places = list(indexes)
        for height in range(self.depth):
            parents: list[int] = []
            at = 0
            while at < len(places):
                place = places[at]
                if at + 1 < len(places) and places[at + 1] == place ^ 1:
                    at += 1
                else:
                    siblings.append(self.node(height, place ^ 1))
                parents.append(place >> 1)
                at += 1
            places = parents
        return siblings

    def _check(self, index: int) -> None:
        if not 0 <= index < self.leaf_count:
            raise IndexError("no such leaf")


def _parents(level: bytes, empty: bytes) -> bytes:
    if len(level) % 64:
        level += empty
    return b"".join(node_of(level[at : at + 32], level[at + 32 : at + 64]) for at in range(0, len(level), 64))
