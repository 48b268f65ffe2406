"""Face workers that go from one issuer of a test to the next: each takes a second of a processor to load its models."""

from __future__ import annotations

from typing import Any

from verifier.face.model_choice import ModelChoice
from verifier.face.worker import FaceRoom

_stock: dict[ModelChoice, list[Any]] = {}


class LastingRoom(FaceRoom):
    """Begins with workers that another room has left, and leaves its own; one that was lost is not left."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kept = _stock.get(self.models, [])
        taken = [kept.pop() for _ in range(min(self._workers, len(kept)))]
        for _ in taken:
            self._idle.get_nowait()  # the place of one who was not there yet
        for worker in taken:
            self._idle.put(worker)

    def close(self) -> None:
        """Leave the workers that wait; those at work end when they are done."""
        self._closed = True
        _stock.setdefault(self.models, []).extend(self._waiting())


def end_all() -> None:
    """End what was left."""
    for kept in _stock.values():
        for worker in kept:
            worker.end()
    _stock.clear()
