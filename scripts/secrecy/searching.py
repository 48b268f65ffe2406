"""Looks for thousands of byte strings at once: eight bytes of each are hashed into a table, and every place of the data is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from scripts.secrecy.needles import Needle

ANCHOR_BYTES = 8
_ODD = np.uint64(0x9E3779B97F4A7C15)
_BITS = 22
CHUNK = 8 * 2**20


class Searcher:
    """Needles of 8 bytes and more."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._ending: dict[bytes, list[Needle]] = defaultdict(list)
        for needle in needles:
            if len(needle.bytes) < ANCHOR_BYTES:
                raise ValueError(f"{needle.form} of {needle.label} is too short to be looked for")
            self._ending[needle.bytes[-ANCHOR_BYTES:]].append(needle)
        self._table = np.zeros(2**_BITS, dtype=np.bool_)
        self._table[_places(np.frombuffer(b"".join(self._ending), dtype="<u8"))] = True
        self.longest = max((len(needle.bytes) for found in self._ending.values() for needle in found), default=ANCHOR_BYTES)

    def find(self, data: bytes) -> set[Needle]:
        """Those that are in the data."""
        found: set[Needle] = set()
        for ahead in range(ANCHOR_BYTES):
            count = (len(data) - ahead) // ANCHOR_BYTES
            if count <= 0:
                break
            words = np.frombuffer(data, dtype="<u8", count=count, offset=ahead)
            for place in np.flatnonzero(self._table[_places(words)]).tolist():
                end = ahead + ANCHOR_BYTES * (place + 1)
                found.update(needle for needle in self._ending.get(data[end - ANCHOR_BYTES : end], ()) if _ends(needle, data, end))
        return found

    def find_in(self, pieces: Iterable[bytes]) -> set[Needle]:
        """Those that are in data that comes in pieces, also across two of them."""
        found, rest = set(), b""
        for piece in pieces:
            data = rest + piece
            found |= self.find(data)
            rest = data[max(0, len(data) - self.longest + 1) :]
        return found


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """A file, piece by piece."""
    while piece := file.read(CHUNK):
        yield piece


def _ends(needle: Needle, data: bytes, end: int) -> bool:
    begin = end - len(needle.bytes)
    return begin >= 0 and data[begin:end] == needle.bytes


def _places(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return (words * _ODD) >> np.uint64(64 - _BITS)
