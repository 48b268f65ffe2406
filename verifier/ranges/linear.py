"""That a sum of commitments in whole multiples is at least so much, or is not, and nothing else about it (protocol §9.2).

The difference is a number from 0 to 2^104 - 1. It is split into two of 64 bits each, of which the higher one has a commitment of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from verifier.ranges.checking import Claimed, wrong_chunks
from verifier.ranges.file import Chunk
from verifier.ranges.generators import BITS, G, H
from verifier.ranges.group import ORDER, NotAPoint, Point, keccak, negated, read, read_xy, times, total, word, write, write_xy
from verifier.ranges.proving import OutOfRange, prove

VERSION = 1
#: The lower number has so many bits by itself; both are proved to have at most 64.
SPLIT = 40
MOST_BITS = SPLIT + BITS
_BOTH = Chunk(0, 0, 2)
_INFINITY = bytes(64)

Term = tuple[int, bytes]
"""How often, and a sum of commitments as x ‖ y; 64 zero bytes are the sum of nobody."""


def context_of(register: bytes, poll: bytes, statement: bytes) -> bytes:
    """What a proof is bound to: the context of the register's range proofs, the poll's address, the keccak of what is said."""
    return keccak(keccak(b"LenderVote/1/condition") + word(VERSION) + register + bytes(12) + poll + statement)


def difference(terms: Sequence[Term], at_least: int, *, holds: bool) -> Point | None:
    """The commitment to what has to be 0 or more: the sum less `at_least`, or where the condition fails `at_least` less the sum and 1."""
    parts = [times(factor, read_xy(point)) for factor, point in terms if point != _INFINITY]
    sign, rest = (1, -at_least) if holds else (-1, at_least - 1)
    return _sum([*(None if part is None else part if sign > 0 else negated(part) for part in parts), times(rest, G)])


def difference_of(sum_fen: int, at_least: int, *, holds: bool) -> int:
    """The same number, for whoever knows the sum."""
    return sum_fen - at_least if holds else at_least - 1 - sum_fen


def prove_difference(context: bytes, value: int, blind: int) -> tuple[bytes, bytes]:
    """The commitment to the higher number, 33 bytes, and the proof over both. Raises: OutOfRange."""
    if not 0 <= value < 2**MOST_BITS:
        raise OutOfRange
    high, low = divmod(value, 2**SPLIT)
    high_blind = 1 + secrets.randbelow(ORDER - 1)
    openings = [(low, (blind - (high_blind << SPLIT)) % ORDER), (high, high_blind)]
    points = [_sum([times(amount, G), times(hidden, H)]) for amount, hidden in openings]
    written = b"".join(write_xy(point) for point in points if point is not None)
    mine = points[1]
    assert mine is not None, "a blind other than 0"
    return write(mine), prove(context, 0, openings, written)


def is_proved(context: bytes, whole: Point | None, high: bytes, proof: bytes) -> bool:
    """Whether `whole` commits to a number from 0 to 2^104 - 1."""
    try:
        higher = read(high)
    except NotAPoint:
        return False
    shifted = times(1 << SPLIT, higher)
    lower = _sum([whole, None if shifted is None else negated(shifted)])
    if lower is None:
        return False
    return not wrong_chunks(context, [Claimed(_BOTH, write_xy(lower) + write_xy(higher), proof)])


def _sum(points: Sequence[Point | None]) -> Point | None:
    return total([point for point in points if point is not None])
