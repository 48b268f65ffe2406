"""Small registers and what is said of them, for the tests of this folder."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coincurve import PublicKey

from verifier.ranges.checking import Claimed, wrong_chunks
from verifier.ranges.file import Chunk, FileWrong, chunks, header, proofs_in
from verifier.ranges.generators import H
from verifier.ranges.group import ORDER, times, total, word, write
from verifier.ranges.proving import prove

VECTORS = Path(__file__).parents[2] / "vectors"
G_KEY = PublicKey.from_valid_secret(word(1))
H_KEY = PublicKey(write(H))
CONTEXT = b"context".ljust(32, b"\0")


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_bytes())


def committed(amount: int, blind: int) -> bytes:
    """amount*G + blind*H as x ‖ y, by the library's own objects; amount and blind modulo n."""
    parts = [key.multiply(word(k % ORDER)) for k, key in ((amount, G_KEY), (blind, H_KEY)) if k % ORDER]
    data: bytes = PublicKey.combine_keys(parts).format(compressed=False)
    return data[1:]


@dataclass(frozen=True)
class Proved:
    """Leaves in one chunk, beginning at `start`, with a proof."""

    context: bytes
    start: int
    points: bytes
    proof: bytes

    @classmethod
    def of(cls, openings: list[tuple[int, int]], *, start: int = 0, context: bytes = CONTEXT) -> Proved:
        points = b"".join(committed(*one) for one in openings)
        return cls(context, start, points, prove(context, start, openings, points))

    def holds(self, **changes: Any) -> bool:
        """Whether it is believed, with some of it exchanged."""
        now = Proved(**{**vars(self), **changes})
        chunk = Chunk(0, now.start, len(now.points) // 64)
        return wrong_chunks(now.context, [Claimed(chunk, now.points, now.proof)]) == []


def file_of(openings: list[tuple[int, int]], context: bytes = CONTEXT) -> tuple[bytes, bytes]:
    """A whole file, and all commitments."""
    points, written = b"".join(committed(*one) for one in openings), [header(context, len(openings))]
    for chunk in chunks(len(openings)):
        mine = slice(chunk.start, chunk.start + chunk.leaves)
        written.append(prove(context, chunk.start, openings[mine], points[64 * mine.start : 64 * mine.stop]))
    return b"".join(written), points


def judged(file: bytes, points: bytes, context: bytes = CONTEXT) -> list[int] | str:
    """The numbers of the chunks that do not hold, or why the file is none."""
    try:
        pieces = list(proofs_in(io.BytesIO(file), len(file), context, len(points) // 64))
    except FileWrong as wrong:
        return wrong.what
    claimed = [Claimed.of(one, proof, points) for one, proof in pieces]
    return [chunk.number for chunk in wrong_chunks(context, claimed)]


def multiple(k: int) -> bytes:
    """k*G, 33 bytes."""
    found = total([times(k, H), times(k + 1, H)])
    assert found is not None
    return write(found)
