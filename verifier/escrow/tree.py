"""Root and class totals of openings, worked out again before anything of them is believed (protocol §2 to §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coincurve import PublicKey

from verifier.escrow.files import Leaf
from verifier.shares.curve import ORDER
from verifier.shares.hashes import keccak, word

_PRIME = 2**256 - 2**32 - 977
LEAST_DEPTH = 8


def _hidden_generator() -> PublicKey:
    """H: the first hash that is the x of a point, with the even y."""
    counter = 0
    while True:
        x = int.from_bytes(keccak(b"LenderVote/1/H" + counter.to_bytes(4, "big")), "big")
        if 0 < x < ORDER and pow(x**3 + 7, (_PRIME - 1) // 2, _PRIME) == 1:
            return PublicKey(b"\x02" + word(x))
        counter += 1


H = _hidden_generator()


def leaf_hash(index: int, voting_class: int, leaf: Leaf) -> bytes:
    """The register's leaf for an opening. Raises: ValueError for a blind out of range."""
    amount, blind = leaf
    point = H.multiply(word(blind))
    if amount:
        point = point.add(word(amount))
    data: bytes = point.format(compressed=False)
    return keccak(keccak(word(index) + word(voting_class) + data[1:]))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The tree's top; empty places are zeros."""
    level = list(leaves)
    width = 2**LEAST_DEPTH
    while width < len(level):
        width *= 2
    level += [bytes(32)] * (width - len(level))
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [keccak(a + b if a < b else b + a) for a, b in pairs]
    return level[0]


def classes_hash(totals: Sequence[tuple[int, int, int]]) -> bytes:
    """Of (heads, amount, blind) of each class."""
    numbers = b"".join(word(number) for row in totals for number in row)
    return keccak(word(32) + word(len(totals)) + numbers)
