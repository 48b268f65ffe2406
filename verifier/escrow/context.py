"""What an escrow is of: register, threshold and receivers, in one hash (protocol §23.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.shares.curve import Point
from verifier.shares.hashes import keccak, word

MOST_SEATS = 32
_NAME = keccak(b"LenderVote/1/escrow")
_NAME_ANEW = keccak(b"LenderVote/1/escrow resharing")


@dataclass(frozen=True)
class Frozen:
    """The register as officials sign it; `case` 20 bytes, hashes 32."""

    chain_id: int
    case: bytes
    register_number: int
    root: bytes
    leaf_count: int
    classes_hash: bytes


def context(register: Frozen, threshold: int, transports: Sequence[Point]) -> bytes:
    """c."""
    numbers = [_NAME, word(register.chain_id), bytes(12) + register.case, word(register.register_number), register.root]
    return keccak(b"".join([*numbers, word(register.leaf_count), register.classes_hash, word(threshold), joined_hash(transports)]))


def context_anew(former: bytes, threshold: int, transports: Sequence[Point], givers: Sequence[int]) -> bytes:
    """c' of a resharing by the givers, in rising order of their seats."""
    return keccak(_NAME_ANEW + former + word(threshold) + joined_hash(transports) + keccak(bytes(givers)))


def joined_hash(points: Sequence[Point]) -> bytes:
    """The hash of compressed points, one after another: of transport keys and of commitments."""
    return keccak(b"".join(point.compressed for point in points))
