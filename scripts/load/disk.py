"""How slow this machine's disk is while the load runs: what no database can beat."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType

from scripts.rig.beside import Beside

EVERY_SECONDS = 0.1


class DiskWatch(Beside):
    """Writes and syncs a page ten times a second while the block runs; `seconds` are how long each took."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._path = folder / "disk-watch"

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End, and leave no file."""
        super().__exit__(kind, error, trace)
        self._path.unlink(missing_ok=True)

    def work(self) -> None:
        """Write and sync, again and again."""
        with self._path.open("wb", buffering=0) as file:
            while not self.ending.wait(EVERY_SECONDS):
                began = time.perf_counter()
                file.write(bytes(4096))
                os.fdatasync(file.fileno())
                self.seconds.append(time.perf_counter() - began)
