"""What read transactions save: look-ups beside a writer that commits all the time, once in turn with it and once not waiting for it."""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, insert, select, update
from sqlalchemy.orm import Session

from backend.ground.db.sessions import Sessions, open_engine, open_sessions

METADATA = MetaData()
NUMBERS = Table("numbers", METADATA, Column("number", Integer, primary_key=True), Column("value", Integer))
READERS = 8
Transaction = Callable[[], AbstractContextManager[Session]]


def main() -> int:
    """Both ways in one run, one after the other, three times in turn; the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--database-url", default="", help="empty: a SQLite file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(arguments.database_url or f"sqlite:///{Path(folder) / 'reads.sqlite3'}")
        METADATA.drop_all(engine)
        METADATA.create_all(engine)
        sessions = open_sessions(engine)
        with sessions.begin() as session:
            session.execute(insert(NUMBERS), [{"number": number, "value": 0} for number in range(100)])
        rounds = [
            (look_ups(sessions, sessions.begin, arguments.seconds), look_ups(sessions, sessions.reading, arguments.seconds))
            for _ in range(3)
        ]
        engine.dispose()
    in_turn, at_once = (sorted(found)[1] for found in zip(*rounds, strict=True))
    print(json.dumps({"look_ups_per_s_in_turn": in_turn, "look_ups_per_s_reading": at_once, "ratio": round(at_once / max(in_turn, 1), 1)}))
    return 0


def look_ups(sessions: Sessions, transaction: Transaction, seconds: float) -> int:
    """Look-ups a second by several threads while another writes."""
    ending = threading.Event()
    counts = [0] * READERS

    def write() -> None:
        while not ending.is_set():
            with sessions.begin() as session:
                session.execute(update(NUMBERS).values(value=NUMBERS.c.value + 1))

    def read(own: int) -> None:
        while not ending.is_set():
            with transaction() as session:
                session.execute(select(NUMBERS).where(NUMBERS.c.number == own)).one()
            counts[own] += 1

    threads = [threading.Thread(target=write), *(threading.Thread(target=read, args=(own,)) for own in range(READERS))]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    ending.set()
    for thread in threads:
        thread.join()
    return round(sum(counts) / seconds)


if __name__ == "__main__":
    raise SystemExit(main())
