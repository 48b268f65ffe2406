"""What the alarms remember, in one SQLite file: ballots seen, messages handed over, contests. No number and no name is in it."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_TABLES = """
CREATE TABLE IF NOT EXISTS alarms (
    lender INTEGER NOT NULL, sequence INTEGER NOT NULL, block INTEGER NOT NULL, code TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
    own_id TEXT NOT NULL DEFAULT '', way INTEGER NOT NULL DEFAULT 0, sent_at INTEGER NOT NULL DEFAULT 0, contested_at INTEGER,
    PRIMARY KEY (lender, sequence));
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

WAITING, SENDING, SENT, FAILED = "waiting", "sending", "sent", "failed"


@dataclass(frozen=True)
class Alarm:
    """One recorded ballot of which its lender is told; `way` is the place of the number among the lender's."""

    lender: int
    sequence: int
    block: int
    code: str
    state: str
    own_id: str
    way: int
    sent_at: int
    contested_at: int | None


class Book:
    """One process writes; threads take turns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _TABLES)

    def close(self) -> None:
        """No more."""
        self._file.close()

    def note(self, ballots: Iterable[tuple[int, int, int]]) -> int:
        """Take (index, sequence, block) of recorded ballots in; how many are new."""
        with self._lock:
            before = self.count()
            rows = [(index, sequence, block, new_code(), WAITING) for index, sequence, block in ballots]
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT OR IGNORE INTO alarms (lender, sequence, block, code, state) VALUES (?, ?, ?, ?, ?)", rows)
            self._file.execute("COMMIT")
            return self.count() - before

    def count(self, state: str = "") -> int:
        """How many alarms there are, or stand so."""
        with self._lock:
            query = "SELECT count(*) FROM alarms WHERE ? IN ('', state)"
            return int(self._file.execute(query, (state,)).fetchone()[0])

    def in_state(self, state: str, most: int = 1000) -> list[Alarm]:
        """Alarms that stand so, oldest first."""
        with self._lock:
            query = "SELECT lender, sequence, block, code, state, own_id, way, sent_at, contested_at FROM alarms WHERE state = ?"
            return [Alarm(*row) for row in self._file.execute(query + " ORDER BY block, lender LIMIT ?", (state, most))]

    def move(self, alarm: Alarm, state: str, *, own_id: str = "", way: int | None = None, sent_at: int = 0) -> None:
        """Where an alarm stands from now on."""
        with self._lock:
            self._file.execute(
                "UPDATE alarms SET state = ?, own_id = ?, way = ?, sent_at = ? WHERE lender = ? AND sequence = ?",
                (state, own_id, alarm.way if way is None else way, sent_at, alarm.lender, alarm.sequence),
            )

    def by_code(self, code: str) -> Alarm | None:
        """The alarm that carries a code."""
        with self._lock:
            query = "SELECT lender, sequence, block, code, state, own_id, way, sent_at, contested_at FROM alarms WHERE code = ?"
            row = self._file.execute(query, (code,)).fetchone()
        return Alarm(*row) if row is not None else None

    def contest(self, code: str, at: int) -> bool:
        """The holder of the code cast no such ballot; whether the code is one of ours. A second tap changes nothing."""
        with self._lock:
            self._file.execute("UPDATE alarms SET contested_at = COALESCE(contested_at, ?) WHERE code = ?", (at, code))
            return self.by_code(code) is not None

    def lenders(self) -> list[int]:
        """The indexes for which anything is recorded, rising."""
        with self._lock:
            return [int(row[0]) for row in self._file.execute("SELECT DISTINCT lender FROM alarms ORDER BY lender")]

    def contested(self) -> list[int]:
        """The indexes whose lenders contest, rising."""
        with self._lock:
            query = "SELECT DISTINCT lender FROM alarms WHERE contested_at IS NOT NULL ORDER BY lender"
            return [int(row[0]) for row in self._file.execute(query)]

    def mark(self, name: str) -> int:
        """A number kept under a name; -1 for none."""
        with self._lock:
            row = self._file.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row is not None else -1

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number under a name."""
        with self._lock:
            self._file.execute("INSERT INTO marks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def new_code() -> str:
    """20 signs that nobody confuses, 99 bits: who has it got the message."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(20))
