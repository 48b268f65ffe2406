"""What the chain recorded beside what the verifier's log says it issued (protocol §15.1): whoever has the one and not the other."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from verifier.alarms.book import Book

MOST_LINE_BYTES = 2**24


@dataclass(frozen=True)
class Compared:
    """Indexes, rising."""

    recorded: int
    without_credential: list[int]
    """A ballot is recorded, and no log that was handed in has a credential: a recount will say the same, later."""
    without_ballot: list[int]
    """A credential was issued, and no ballot of it is recorded yet."""


def compared(book: Book, logs: Iterable[Path], poll: str) -> Compared:
    """Raises: ValueError for a line that is no JSON, OSError."""
    issued: set[int] = set()
    for path in logs:
        issued |= _issued(path, poll.lower())
    recorded = set(book.lenders())
    return Compared(len(recorded), sorted(recorded - issued), sorted(issued - recorded))


def _issued(path: Path, poll: str) -> set[int]:
    found: set[int] = set()
    with path.open("rb") as file:
        while line := file.readline(MOST_LINE_BYTES):
            entry = json.loads(line)
            if isinstance(entry, dict) and entry.get("kind") == "credential" and str(entry.get("poll", "")).lower() == poll:
                found.add(int(entry["index"]))
    return found
