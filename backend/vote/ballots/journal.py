"""What was receipted, written a second time beside the database: a database restored from before gets back what came after.

One file a day, one line a ballot, with nothing in it that the ballots' own table lacks. Put its folder on another disk than the database
(LENDERVOTE_JOURNAL_DIR), and a lost disk loses no receipted ballot.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.ground.common.clock import Clock, SystemClock
from backend.ground.db.sessions import Sessions
from backend.vote.ballots import store

AT_ONCE = 200
REMEMBERED = 20_000
"""Numbers of receipts that this process knows to be in its journal."""
_OF_SEALED_POLLS = ("seal", "sealed_choice")
_BYTES = ("digest", "book", "previous", *_OF_SEALED_POLLS)


class Journal:
    """Append-only; several processes may write, a line at a time."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._folder = folder
        self._clock = clock or SystemClock()
        self._there: OrderedDict[object, None] = OrderedDict()

    def append(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write receipted ballots, on disk when this returns. Raises: OSError; no receipt is given then."""
        if not rows:
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = "".join(json.dumps(_line(row)) + "\n" for row in rows)
        path = self._folder / f"receipts-{self._clock.now():%Y-%m-%d}.jsonl"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # The line feed first: after a line that a power cut left half written, the next one still stands for itself.
            os.write(descriptor, b"\n" + lines.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        for row in rows:
            self._there[row["number"]] = None
        while len(self._there) > REMEMBERED:
            self._there.popitem(last=False)

    def keep(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write those that may not be here: a receipt that is shown once more must not be in the database alone. Raises: OSError."""
        self.append([row for row in rows if row["number"] not in self._there])

    def replay(self, sessions: Sessions) -> int:
        """Put back every ballot that the database lacks; the relay then looks up on the chain what became of it. Returns how many."""
        put_back = 0
        page: list[dict[str, Any]] = []
        for row in self._rows():
            page.append(row)
            if len(page) == AT_ONCE:
                put_back += _put_back(sessions, page)
                page = []
        return put_back + _put_back(sessions, page)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self._folder.glob("receipts-*.jsonl")):
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    try:
                        row = json.loads(line)
                    except ValueError:  # half a line: its receipt was never given
                        continue
                    yield _read(row)


def _put_back(sessions: Sessions, page: Sequence[dict[str, Any]]) -> int:
    with sessions.begin() as session:
        there = set(store.find_numbers(session, [row["number"] for row in page]))
        missing = {row["number"]: row for row in page if row["number"] not in there}
        store.add_ballots(session, list(missing.values()))
    return len(missing)


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """A line as intake wrote it; lines of the first release name no place in a book."""
    values = {name: row.get(name) for name in store.WRITTEN_AT_INTAKE}
    values |= {name: bytes.fromhex(row[name]) for name in _BYTES if row.get(name) is not None}
    return values | {"received_at": datetime.fromisoformat(row["received_at"])}


def _line(row: Mapping[str, object]) -> dict[str, object]:
    return {name: _plain(value) for name, value in row.items() if value is not None or name not in _OF_SEALED_POLLS}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else value
