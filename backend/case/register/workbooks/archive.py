"""The archive under a workbook: its directory is bounded before it is read, and every part again while it is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from backend.case.register.file_errors import FileFormatUnknown, FileTooLarge

MAX_ENTRIES = 2_000
MAX_DIRECTORY_BYTES = 2**20
MAX_UNPACKED_BYTES = 400 * 2**20
#: What honest parts unpack to: a sheet of styled empty cells is the tightest that is met, at about 40 times.
MAX_RATIO, FREE_BYTES = 200, 8 * 2**20
_CHUNK_BYTES = 2**16
_END, _END_BYTES = b"PK\x05\x06", 22
_WIDE_LOCATOR, _WIDE_LOCATOR_BYTES = b"PK\x06\x07", 20
_WIDE_END = struct.Struct("<4sQ2HLL4Q")
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError)


class Archive:
    """Parts by name, case and slashes aside; to be closed."""

    def __init__(self, path: Path, limit_bytes: int = MAX_UNPACKED_BYTES) -> None:
        """Open, and hold the directory to its bounds. Raises: FileFormatUnknown, FileTooLarge."""
        self._left = self._limit = limit_bytes
        try:
            with path.open("rb") as file:
                _check_directory(file)
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise FileFormatUnknown(kind="zip") from error
        entries = self._zip.infolist()
        self._parts = {entry.filename.replace("\\", "/").lstrip("/").casefold(): entry for entry in entries}
        if len(entries) > MAX_ENTRIES or len(self._parts) < len(entries):
            raise FileFormatUnknown(kind="zip")  # two parts of one name: nobody knows which of them a person was shown
        if sum(entry.file_size for entry in entries) > limit_bytes:
            raise self._too_large()

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._parts

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def size(self, name: str) -> int:
        """What the directory says a part unpacks to, in bytes."""
        return self._parts[name.casefold()].file_size

    def packed_size(self, name: str) -> int:
        """How many bytes of the file a part takes, by the directory; no more than these are unpacked."""
        return self._parts[name.casefold()].compress_size

    def pieces(self, name: str, ratio: int = MAX_RATIO) -> Iterator[bytes]:
        """A part's content, piece by piece; at most `ratio` times what it is packed to. Raises: FileFormatUnknown, FileTooLarge."""
        try:
            entry = self._parts[name.casefold()]
            most = FREE_BYTES + ratio * entry.compress_size
            with self._zip.open(entry) as part:
                while piece := part.read(_CHUNK_BYTES):
                    most -= len(piece)
                    self._left -= len(piece)
                    if most < 0 or self._left < 0:
                        raise self._too_large()
                    yield piece
        except _BROKEN as error:
            raise FileFormatUnknown(kind="zip") from error

    def _too_large(self) -> FileTooLarge:
        return FileTooLarge(limit_mb=self._limit // 2**20)


def _check_directory(file: IO[bytes]) -> None:
    """Raises: ValueError when it is longer than any workbook's; each entry costs ten times its length once it is read."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _END_BYTES - 2**16))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0:
        raise ValueError("no directory")
    entries, length = struct.unpack_from("<HL", tail, place + 10)
    if tail[max(0, place - _WIDE_LOCATOR_BYTES) : place].startswith(_WIDE_LOCATOR):
        (offset,) = struct.unpack_from("<Q", tail, place - _WIDE_LOCATOR_BYTES + 8)
        file.seek(offset)
        wide = _WIDE_END.unpack(file.read(_WIDE_END.size))
        entries, length = max(entries, wide[7]), wide[8]
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY_BYTES:
        raise ValueError("a directory without end")
