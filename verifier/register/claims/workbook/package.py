"""The zip archive under a workbook: its parts by name, each unpacked in pieces and counted."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from verifier.register.claims.rules import FileRefused

MOST_PARTS = 2_000
MOST_UNPACKED_BYTES = 400 * 2**20
#: The directory is read as a whole, so its length is looked at first.
_MOST_DIRECTORY_BYTES = 2**20
_MOST_RATIO, _FREE_BYTES = 200, 8 * 2**20
_PIECE_BYTES = 2**16
_END = struct.Struct("<4s4H2LH")
_WIDE_PLACE, _WIDE_END = struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError)


class Package:
    """A workbook's parts, whatever case their names are written in."""

    def __init__(self, path: Path) -> None:
        """Raises: FileRefused."""
        with ExitStack() as unfinished:
            try:
                _check_directory(path)
                # Opened here, so that `close` lets go of it also where somebody stopped in the middle of a part.
                self._file = unfinished.enter_context(path.open("rb"))
                self._zip = zipfile.ZipFile(self._file)
            except _BROKEN as error:
                raise FileRefused("FileFormatUnknown") from error
            entries = self._zip.infolist()
            self._parts = {_plain(entry.filename): entry for entry in entries}
            self._left = MOST_UNPACKED_BYTES
            if len(self._parts) < len(entries) or len(entries) > MOST_PARTS:
                raise FileRefused("FileFormatUnknown")  # with two parts of one name nobody knows what others were shown
            unfinished.pop_all()

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._file.close()

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part's content. Raises: FileRefused."""
        entry = self._parts[_plain(name)]
        most = _FREE_BYTES + _MOST_RATIO * entry.compress_size
        try:
            with self._zip.open(entry) as part:
                while piece := part.read(_PIECE_BYTES):
                    most -= len(piece)
                    self._left -= len(piece)
                    if min(most, self._left) < 0:
                        raise FileRefused("FileTooLarge", limit_mb=MOST_UNPACKED_BYTES // 2**20)
                    yield piece
        except _BROKEN as error:
            raise FileRefused("FileFormatUnknown") from error


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _check_directory(path: Path) -> None:
    """Raises: ValueError for a directory longer than any workbook's."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END.size - 2**16))
        tail = file.read()
        place = tail.rfind(b"PK\x05\x06")
        if place < 0:
            raise ValueError("no directory")
        length = _END.unpack_from(tail, place)[5]
        wide = place - _WIDE_PLACE.size
        if wide >= 0 and tail[wide:].startswith(b"PK\x06\x07"):
            file.seek(_WIDE_PLACE.unpack_from(tail, wide)[2])
            length = max(length if length != 2**32 - 1 else 0, _WIDE_END.unpack(file.read(_WIDE_END.size))[8])
    if length > _MOST_DIRECTORY_BYTES:
        raise ValueError("a directory without end")
