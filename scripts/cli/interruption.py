"""Ctrl-C, taken where nothing is half written: in the middle of a transaction it would leave the database's lock held by nobody."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self


class Interruption:
    """Notes the first Ctrl-C until `check` is called; a second one ends at once. Where the signal is ignored, it stays so."""

    def __init__(self) -> None:
        self._asked = False
        self._before = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> Self:
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raises: KeyboardInterrupt when somebody asked for it."""
        if self._asked:
            raise KeyboardInterrupt

    def _note(self, _: int, __: FrameType | None) -> None:
        self.check()
        self._asked = True
