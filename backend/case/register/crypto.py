"""Claim commitments on secp256k1 (protocol §2 to §4), for one leaf and for hundreds of thousands."""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

from coincurve import PublicKey

from backend.ground.common.hashing import keccak

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
#: From here on an amount is no claim (protocol §9.1); modulo n, a negative amount is above it too.
AMOUNT_LIMIT = 2**63
_FIELD_PRIME = 2**256 - 2**32 - 977
_CHUNK_LEAVES = 4096
_SPREAD_FROM_LEAVES = 20_000
"""Below this, starting further processes costs more time than it saves."""
_OPENING = struct.Struct(">IBQ32s")


@dataclass(frozen=True, slots=True)
class LeafOpening:
    """What a leaf commits to; `amount_fen` in fen, 1 <= `blind` < n."""

    index: int
    voting_class: int
    amount_fen: int
    blind: int


@dataclass(frozen=True, slots=True)
class CommittedLeaves:
    """A run of leaves: 64 bytes x ‖ y and 32 bytes of leaf hash for each, in the order given."""

    openings: Sequence[LeafOpening]
    points: bytes
    hashes: bytes


def _second_generator() -> PublicKey:
    """H (protocol §2)."""
    counter = 0
    while True:
        x = int.from_bytes(keccak(b"LenderVote/1/H" + counter.to_bytes(4, "big")), "big")
        square = (pow(x, 3, _FIELD_PRIME) + 7) % _FIELD_PRIME
        if 0 < x < CURVE_ORDER and pow(square, (_FIELD_PRIME - 1) // 2, _FIELD_PRIME) == 1:
            return PublicKey(b"\x02" + x.to_bytes(32, "big"))  # 02: the even root
        counter += 1


H = _second_generator()


def random_blind() -> int:
    """A fresh blind, 1 <= r < n."""
    return secrets.randbelow(CURVE_ORDER - 1) + 1


def commit(amount_fen: int, blind: int) -> bytes:
    """amount*G + blind*H as x ‖ y, 64 bytes (protocol §3)."""
    point: bytes = H.multiply(blind.to_bytes(32, "big")).add(amount_fen.to_bytes(32, "big")).format(compressed=False)
    return point[1:]


def leaf_hash(index: int, voting_class: int, point: bytes) -> bytes:
    """The leaf (protocol §4); `point` is x ‖ y."""
    return keccak(keccak(index.to_bytes(32, "big") + voting_class.to_bytes(32, "big") + point))


def sum_of_points(points: Iterable[bytes]) -> bytes:
    """The sum of points x ‖ y, none at infinity, as x ‖ y. Raises: ValueError when it is infinity."""
    total: bytes = PublicKey.combine_keys([PublicKey(b"\x04" + point) for point in points]).format(compressed=False)
    return total[1:]


def commit_leaves(openings: Iterable[LeafOpening], count: int) -> Iterator[CommittedLeaves]:
    """Commit `count` leaves chunk by chunk in the order given, on all processors when it is worth it."""
    chunks = _in_chunks(openings)
    if count < _SPREAD_FROM_LEAVES:
        for chunk in chunks:
            yield CommittedLeaves(chunk, *_commit_packed(_pack(chunk)))
        return
    # spawn: the service has threads, and a forked copy of a locked lock stays locked for ever.
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        kept = list(chunks)
        for chunk, result in zip(kept, pool.map(_commit_packed, map(_pack, kept)), strict=True):
            yield CommittedLeaves(chunk, *result)


def _in_chunks(openings: Iterable[LeafOpening]) -> Iterator[list[LeafOpening]]:
    iterator = iter(openings)
    while chunk := list(islice(iterator, _CHUNK_LEAVES)):
        yield chunk


def _pack(openings: Sequence[LeafOpening]) -> bytes:
    return b"".join(_OPENING.pack(o.index, o.voting_class, o.amount_fen, o.blind.to_bytes(32, "big")) for o in openings)


def _commit_packed(packed: bytes) -> tuple[bytes, bytes]:
    """Points and leaf hashes of packed openings; runs in a process of its own."""
    points, hashes = [], []
    for index, voting_class, amount_fen, blind in _OPENING.iter_unpack(packed):
        point: bytes = H.multiply(blind).add(amount_fen.to_bytes(32, "big")).format(compressed=False)[1:]
        points.append(point)
        hashes.append(leaf_hash(index, voting_class, point))
    return b"".join(points), b"".join(hashes)
