"""The claims file as it was handed in, byte for byte: kept sealed from import to freeze, for officials who check the register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backend.case.register.errors import OriginalGone
from backend.case.register.original_store import add_original, count_original, original_part
from backend.case.register.sealing import RegisterSeal
from backend.ground.common.hashing import keccak_of_pieces
from backend.ground.db.sessions import Sessions

_PART_BYTES = 2**20


class OriginalShelf:
    """Claims files in sealed parts; each part is bound to its import, its place, and to being the last or not."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal) -> None:
        self._sessions = sessions
        self._seal = seal

    def keep(self, import_id: str, path: Path) -> None:
        """Store the file part by part, each in a short transaction of its own."""
        left = path.stat().st_size
        with path.open("rb") as file:
            for place, part in enumerate(iter(lambda: file.read(_PART_BYTES), b"")):
                left -= len(part)
                sealed = self._seal.seal_original(import_id, place, part, last=left == 0)
                with self._sessions.begin() as session:
                    add_original(session, import_id, place, sealed)

    def parts(self, import_id: str) -> Iterator[bytes]:
        """The file again, in parts. Raises: OriginalGone, also for an import of before files were kept; SealBroken."""
        with self._sessions.reading() as session:
            count = count_original(session, import_id)
        if not count:
            raise OriginalGone
        return self._open(import_id, count)

    def _open(self, import_id: str, count: int) -> Iterator[bytes]:
        for place in range(count):
            with self._sessions.reading() as session:
                sealed = original_part(session, import_id, place)
            if sealed is None:
                raise OriginalGone
            yield self._seal.open_original(import_id, place, sealed, last=place == count - 1)


def keccak_of_file(path: Path) -> bytes:
    """The claims file's hash, as it is in the act that officials sign."""
    with path.open("rb") as file:
        return keccak_of_pieces(iter(lambda: file.read(_PART_BYTES), b""))
