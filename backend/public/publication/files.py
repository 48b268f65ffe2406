"""Files that are written whole or not at all, and packed."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from backend.ground.common.ids import new_id

ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def state_of(path: Path) -> bytes:
    """The SHA-256 of what a file holds now."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def pack(packed: Path, paths: Sequence[Path]) -> None:
    """All files in one archive, in the place of former ones; the same files give the same bytes."""
    for former in packed.parent.glob(".published-*.zip"):  # of before the result, or before its decision
        former.unlink(missing_ok=True)
    unfinished = packed.with_name(f".{packed.name}.{new_id()}")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            place = zipfile.ZipInfo(path.name, ZIP_TIME)
            place.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(place, "w") as entry, path.open("rb") as file:
                shutil.copyfileobj(file, entry)
    unfinished.replace(packed)


def write(path: Path, content: bytes) -> None:
    """Whole or not at all: a recount must never meet half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{new_id()}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
