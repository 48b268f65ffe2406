"""That each drawn leaf covers its point, by range proofs over sums of commitments; no amount is told (protocol §4.3).

The leaves lie one behind the other. A leaf covers a point where the point less all that lies before it is 0 or more, and all up to the end
of the leaf, less the point and 1, is 0 or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import accumulate

from verifier.ranges.checking import blocks, wrong_chunks
from verifier.ranges.file import Chunk, chunks, header, proofs_in
from verifier.ranges.generators import G, H
from verifier.ranges.group import XY_BYTES, Point, keccak, negated, read_xy, times, total, word, write_xy
from verifier.ranges.proving import Opening, prove

NAME = "sample_proofs.bin"
VERSION = 1


class NotProvable(ValueError):
    """A sum that has to be written is infinity."""


def context_of(register: bytes, seed: bytes, indexes: Sequence[int]) -> bytes:
    """What the proofs are bound to; `register` is the context of the register's range proofs."""
    drawn = keccak(b"".join(index.to_bytes(4, "big") for index in indexes))
    return keccak(keccak(b"LenderVote/1/sample proofs") + word(VERSION) + register + seed + word(len(indexes)) + drawn)


def commitments_of(points: Sequence[int], indexes: Sequence[int], leaves: bytes | bytearray) -> bytes:
    """Two for each draw, 64 bytes each: from the leaf's begin to the point, and from the point to the leaf's last fen.

    `leaves` are all commitments, 64 bytes each; every index is one of theirs. Raises: NotProvable.
    """
    before = _sums_before({place for index in indexes for place in (index, index + 1)}, leaves)
    found = b""
    for point, index in zip(points, indexes, strict=True):
        begun, ended = before[index], before[index + 1]
        found += _written([times(point, G), H, None if begun is None else negated(begun)])
        found += _written([ended, times(-point - 1, G)])
    return found


def _sums_before(places: Iterable[int], leaves: bytes | bytearray) -> dict[int, Point | None]:
    """The sum of all commitments before each place."""
    found: dict[int, Point | None] = {}
    so_far, at = None, 0
    for place in sorted(places):
        between = [read_xy(bytes(leaves[XY_BYTES * one : XY_BYTES * (one + 1)])) for one in range(at, place)]
        so_far = _sum([so_far, *between])
        found[place], at = so_far, place
    return found


def _sum(points: Sequence[Point | None]) -> Point | None:
    return total([point for point in points if point is not None])


def _written(points: Sequence[Point | None]) -> bytes:
    found = _sum(points)
    if found is None:
        raise NotProvable
    return write_xy(found)


def openings_of(points: Sequence[int], indexes: Sequence[int], leaves: Sequence[Opening]) -> list[Opening]:
    """Amount and blind of each of the commitments, for whoever knows those of all leaves."""
    amounts = [0, *accumulate(amount for amount, _ in leaves)]
    blinds = [0, *accumulate(blind for _, blind in leaves)]
    found = []
    for point, index in zip(points, indexes, strict=True):
        found.append((point - amounts[index], 1 - blinds[index]))
        found.append((amounts[index + 1] - point - 1, blinds[index + 1]))
    return found


def prove_draws(context: bytes, openings: Sequence[Opening], commitments: bytes) -> Iterator[tuple[Chunk, bytes]]:
    """Every chunk with its proof, which take a while. Raises: verifier.ranges.proving.OutOfRange where a leaf does not cover its point."""
    for chunk in chunks(len(openings)):
        end = chunk.start + chunk.leaves
        mine = commitments[XY_BYTES * chunk.start : XY_BYTES * end]
        yield chunk, prove(context, chunk.start, openings[chunk.start : end], mine)


def file_of(context: bytes, count: int, proofs: Iterable[bytes]) -> bytes:
    """sample_proofs.bin over so many commitments."""
    return header(context, count) + b"".join(proofs)


def wrong_draws(context: bytes, commitments: bytes, content: bytes) -> list[range]:
    """The draws of each chunk whose proof does not hold. Raises: verifier.ranges.file.FileWrong."""
    pieces = proofs_in(BytesIO(content), len(content), context, len(commitments) // XY_BYTES)
    wrong = [chunk for block in blocks(pieces, commitments) for chunk in wrong_chunks(context, block)]
    return [range(chunk.start // 2, (chunk.start + chunk.leaves + 1) // 2) for chunk in wrong]
