"""Looks at parts that may be slow, side by side, and for so long and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future

Look = Callable[[], list[str]]


class Looks:
    """One look of a name at a time, on a thread of its own: those who ask while it goes on wait for the same one, and pile up nothing."""

    def __init__(self) -> None:
        self._under_way: dict[str, Future[list[str]]] = {}
        self._lock = threading.Lock()

    def within(self, seconds: float, looks: Mapping[str, Look]) -> list[str]:
        """What they find, in order; of one that has not ended by then, that it has not. Raises: as they do."""
        until = time.monotonic() + seconds
        begun = {name: self._begun(name, look) for name, look in looks.items()}
        found: list[str] = []
        for name, under_way in begun.items():
            try:
                found += under_way.result(max(until - time.monotonic(), 0))
            except TimeoutError:
                if under_way.done():  # its own, not ours
                    raise
                found.append(f"{name}: no answer within {seconds:g} s")
        return found

    def one(self, name: str, look: Look, seconds: float) -> list[str]:
        """What this one finds. Raises: TimeoutError when it has not ended by then; as it does."""
        return self._begun(name, look).result(seconds)

    def _begun(self, name: str, look: Look) -> Future[list[str]]:
        with self._lock:
            known = self._under_way.get(name)
            if known is not None and not known.done():
                return known
            made: Future[list[str]] = Future()
            self._under_way[name] = made
        threading.Thread(target=_carry_out, args=(look, made), name=f"look at {name}", daemon=True).start()
        return made


def _carry_out(look: Look, made: Future[list[str]]) -> None:
    try:
        made.set_result(look())
    except Exception as error:
        made.set_exception(error)
