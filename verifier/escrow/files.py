"""The file of encrypted openings: header, then chunks of 4,096 leaves under one key (protocol §23.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO

from Crypto.Cipher import AES

from verifier.shares.boxes import hkdf
from verifier.shares.curve import ORDER, POINT_BYTES, NotAPoint, Point
from verifier.shares.hashes import keccak, word

MAGIC = b"LVOPEN01"
CHUNK_LEAVES, LEAF_BYTES, TAG_BYTES = 4096, 40, 16
_CHUNK_BYTES = CHUNK_LEAVES * LEAF_BYTES
Leaf = tuple[int, int]
"""Amount in fen, blind."""


class FileUnreadable(Exception):
    """Not a file of encrypted openings, or one that was cut or made longer."""


class ChunkNotOpened(Exception):
    """A chunk that is not as it was written; `number` counts from 0."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


def header_of(context: bytes, commitments: Sequence[Point]) -> bytes:
    """What stands before the chunks."""
    return MAGIC + context + b"".join(point.compressed for point in commitments)


def size_of(threshold: int, leaf_count: int) -> int:
    """The file's length in bytes."""
    chunks = -(-leaf_count // CHUNK_LEAVES)
    return len(MAGIC) + 32 + POINT_BYTES * threshold + LEAF_BYTES * leaf_count + TAG_BYTES * chunks


def written(header: bytes, z: int, leaves: Iterable[Leaf], leaf_count: int) -> Iterator[bytes]:
    """The file in pieces. Raises: ValueError when the leaves are not as many, OverflowError for an amount of more than 64 bits."""
    key, digest, left = _key(header, z), keccak(header), leaf_count
    yield header
    source = iter(leaves)
    for number in range(-(-leaf_count // CHUNK_LEAVES)):
        piece = list(islice(source, CHUNK_LEAVES))
        left -= len(piece)
        plain = b"".join(amount.to_bytes(8, "big") + word(blind) for amount, blind in piece)
        cipher = _cipher(key, digest, number, last=(number + 1) * CHUNK_LEAVES >= leaf_count)
        yield b"".join(cipher.encrypt_and_digest(plain))
    if left or next(source, None) is not None:
        raise ValueError("other leaves than were frozen")


def header_in(file: IO[bytes], threshold: int) -> tuple[bytes, tuple[Point, ...]]:
    """Context and commitments at the beginning of a file. Raises: FileUnreadable."""
    head = file.read(len(MAGIC) + 32 + POINT_BYTES * threshold)
    at = len(MAGIC) + 32
    if len(head) != at + POINT_BYTES * threshold or not head.startswith(MAGIC):
        raise FileUnreadable
    try:
        points = tuple(Point.read(head[start : start + POINT_BYTES]) for start in range(at, len(head), POINT_BYTES))
    except NotAPoint as error:
        raise FileUnreadable from error
    return head[len(MAGIC) : at], points


def leaves_in(file: IO[bytes], header: bytes, z: int, leaf_count: int) -> Iterator[Leaf]:
    """The leaves after the header, each chunk given out once it was found genuine. Raises: FileUnreadable, ChunkNotOpened."""
    key, digest = _key(header, z), keccak(header)
    for number in range(-(-leaf_count // CHUNK_LEAVES)):
        length = min(_CHUNK_BYTES, LEAF_BYTES * (leaf_count - number * CHUNK_LEAVES))
        data = file.read(length + TAG_BYTES)
        if len(data) != length + TAG_BYTES:
            raise FileUnreadable
        cipher = _cipher(key, digest, number, last=(number + 1) * CHUNK_LEAVES >= leaf_count)
        try:
            plain = cipher.decrypt_and_verify(data[:length], data[length:])
        except ValueError as error:
            raise ChunkNotOpened(number) from error
        for at in range(0, length, LEAF_BYTES):
            yield int.from_bytes(plain[at : at + 8], "big"), int.from_bytes(plain[at + 8 : at + LEAF_BYTES], "big")
    if file.read(1):
        raise FileUnreadable


def _key(header: bytes, z: int) -> bytes:
    return hkdf(word(z % ORDER), header[len(MAGIC) : len(MAGIC) + 32], b"LenderVote/1/escrow key")


def _cipher(key: bytes, digest: bytes, number: int, *, last: bool) -> AES.GcmMode:  # type: ignore[name-defined]
    cipher = AES.new(key, AES.MODE_GCM, nonce=number.to_bytes(12, "big"), mac_len=TAG_BYTES)
    cipher.update(digest + bytes([last]))
    return cipher
