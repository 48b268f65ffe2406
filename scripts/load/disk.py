"""How slow this machine's disk is while the load runs: what no database can beat."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from types import TracebackType

EVERY_SECONDS = 0.1


class DiskWatch:
    """Writes and syncs a page ten times a second while the block runs; `seconds` are how long each took."""

    def __init__(self, folder: Path) -> None:
        self.seconds: list[float] = []
        self._path = folder / "disk-watch"
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> DiskWatch:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End, and leave no file."""
        self._ending.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _watch(self) -> None:
        with self._path.open("wb", buffering=0) as file:
            while not self._ending.wait(EVERY_SECONDS):
                began = time.perf_counter()
                file.write(bytes(4096))
                os.fdatasync(file.fileno())
                self.seconds.append(time.perf_counter() - began)
