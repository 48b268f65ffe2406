"""A register's file of proofs: which leaves make a chunk, the header, exact lengths (protocol §4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from verifier.ranges.generators import MOST_LEAVES
from verifier.ranges.proofs import length_of

NAME = "range_proofs.bin"
#: The protocol since which no register is frozen without proofs.
DEMANDED_SINCE = 5
MAGIC = b"LVRANG01"
HEADER_BYTES = len(MAGIC) + 32 + 4


class FileWrong(Exception):
    """Not a file of range proofs, of another length, or about another register; `what` says which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Chunk:
    """A run of leaves with one proof; `number` counts from 0, `start` is the first index, `leaves` a power of two."""

    number: int
    start: int
    leaves: int


def chunks(leaf_count: int) -> Iterator[Chunk]:
    """All of them: 64 leaves as long as there are so many, then one each for the bits of what is left."""
    number, start, leaves = 0, 0, MOST_LEAVES
    while leaves:
        while leaf_count - start >= leaves:
            yield Chunk(number, start, leaves)
            number, start = number + 1, start + leaves
        leaves //= 2


def size_of(leaf_count: int) -> int:
    """The file's length in bytes."""
    whole, rest = divmod(leaf_count, MOST_LEAVES)
    return HEADER_BYTES + whole * length_of(MOST_LEAVES) + sum(length_of(chunk.leaves) for chunk in chunks(rest))


def header(context: bytes, leaf_count: int) -> bytes:
    """What stands before the proofs."""
    return MAGIC + context + leaf_count.to_bytes(4, "big")


def proofs_in(file: IO[bytes], size: int, context: bytes, leaf_count: int) -> Iterator[tuple[Chunk, bytes]]:
    """Every chunk with the bytes of its proof. `size` is the file's. Raises: FileWrong, before the first one is given out."""
    begun = file.read(HEADER_BYTES)
    if begun[: len(MAGIC)] != MAGIC:
        raise FileWrong("is no file of range proofs")
    if begun[len(MAGIC) : -4] != context:
        raise FileWrong("is about another register")
    if begun != header(context, leaf_count):
        raise FileWrong("is about another number of leaves")
    if size != size_of(leaf_count):
        raise FileWrong("has another length than its proofs")
    return ((chunk, file.read(length_of(chunk.leaves))) for chunk in chunks(leaf_count))
