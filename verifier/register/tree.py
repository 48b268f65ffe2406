"""The register's tree (protocol §4), from the bottom to its root."""

from __future__ import annotations

from verifier.register.hashes import keccak, word

MAX_LEAVES = 2**24
_LEAST_DEPTH = 8


def leaf_hash(index: int, voting_class: int, point: bytes) -> bytes:
    """A leaf, hashed twice; `point` is x ‖ y."""
    return keccak(keccak(word(index) + word(voting_class) + point))


def root_over(hashes: bytes) -> bytes:
    """The root over leaf hashes of 32 bytes each, at least one; the places that are left over hold zeros."""
    level, empty, height = hashes, bytes(32), 0
    while height < _LEAST_DEPTH or len(level) > 32:
        if len(level) % 64:
            level += empty
        level = b"".join(_parent(level[at : at + 32], level[at + 32 : at + 64]) for at in range(0, len(level), 64))
        empty = _parent(empty, empty)
        height += 1
    return level


def _parent(left: bytes, right: bytes) -> bytes:
    return keccak(min(left, right) + max(left, right))
