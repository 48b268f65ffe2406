"""What is started and stopped as a whole."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class Started:
    """A context manager; where a start fails half way, what came up is stopped again."""

    def start(self) -> None:
        """Bring all of it up."""
        raise NotImplementedError

    def stop(self) -> None:
        """End all that runs."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Start."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()
