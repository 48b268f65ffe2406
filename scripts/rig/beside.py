"""Work that goes on beside a block of a program, on a thread of its own."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self


class Beside:
    """A context manager: `work` begins with the block, and has to end once `ending` is set, when the block is left."""

    def __init__(self) -> None:
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self.work, name=type(self).__name__, daemon=True)

    def work(self) -> None:
        """What goes on meanwhile."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End, and wait for it."""
        self.ending.set()
        self._thread.join()
