"""What PostgreSQL itself does with our SQL: writing in turn from many backends, a table of ballots in parts, a replica to read from."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from backend.app import Base
from backend.ground.db.schema import upgrade
from backend.ground.db.sessions import Sessions, open_engine, open_sessions
from backend.vote.ballots.store import BallotRow
from scripts.rig.postgresql import PrivatePostgreSQL
from scripts.rig.processes import free_port

WRITERS = (1, 2, 20)
SECONDS = 3.0
ROWS_AT_ONCE = 20
PARTS = 8
#: Unique by columns that do not hold the case or poll: PostgreSQL, Citus and CockroachDB (by region) keep them in every part only.
_PLAIN = "postgresql+psycopg://"


@dataclass
class Tried:
    """Writes a second by the number of backends that write in turn, bytes of a ballot's row, what parts and a replica did."""

    writes_a_second: dict[int, int]
    row_bytes: int
    unfit: list[str]
    parts: bool
    pruned: bool
    replica_reads: bool
    replica_refuses_writing: bool
    lag_ms: int


def ballot(poll: str, number: int) -> dict[str, Any]:
    """A row as intake writes it."""
    return {
        "poll_id": poll, "lender_index": number, "choice": 1, "sequence": 1, "ballot_key": "0x" + f"{number:040x}",
        "ballot_signature": "0x" + "ab" * 65, "credential_expires_at": 2_000_000_000, "credential_signature": "",
        "digest": number.to_bytes(32, "big"), "number": f"{poll}-{number}", "received_at": datetime.now(UTC),
        "receipt_signature": "0x" + "cd" * 65, "status": "submitted", "reason": 0, "book": poll.encode().ljust(32, b"\0"),
        "book_number": number, "previous": bytes(32), "seal": None, "sealed_choice": None,
    }  # fmt: skip


def write_in_turn(url: str, writers: int) -> int:
    """Transactions of some receipts each that so many backends, each with connections of its own, write in a second, in turn."""
    until, done = time.monotonic() + SECONDS, [0] * writers

    def write(place: int) -> None:
        engine = open_engine(url)
        sessions, poll, count = open_sessions(engine), f"poll{writers}x{place}", 0
        while time.monotonic() < until:
            rows = [ballot(poll, count + one) for one in range(ROWS_AT_ONCE)]
            with sessions.writing_apart("ballots") as session:
                session.execute(insert(BallotRow), rows)
            count += ROWS_AT_ONCE
            done[place] += 1
        engine.dispose()

    threads = [threading.Thread(target=write, args=(place,)) for place in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(done) / SECONDS)


def row_bytes(sessions: Sessions) -> int:
    """Of one ballot with its indexes."""
    with sessions.reading() as session:
        found = session.execute(text("SELECT pg_total_relation_size('ballots') / greatest((SELECT count(*) FROM ballots), 1)"))
        return int(found.scalar() or 0)


def unfit_for_parts() -> list[str]:
    """Tables with a poll, and what of them would not be unique over parts by poll: neither key nor index holds it."""
    found = []
    for table in Base.metadata.sorted_tables:
        if "poll_id" not in table.columns:
            continue
        keys = [table.primary_key, *(one for one in table.constraints if type(one).__name__ == "UniqueConstraint")]
        columns = [{column.name for column in key.columns} for key in keys if key.columns]  # type: ignore[attr-defined]
        columns += [{column.name for column in index.columns} for index in table.indexes if index.unique]
        found += [f"{table.name}({', '.join(sorted(one))})" for one in columns if "poll_id" not in one]
    return sorted(set(found))


def parts(url: str) -> tuple[bool, bool]:
    """Whether the ballots can be kept in parts by poll when their keys hold the poll, and whether a look-up reads one part only."""
    with psycopg.connect(url.replace(_PLAIN, "postgresql://"), autocommit=True) as connection:
        connection.execute("CREATE TABLE parted (LIKE ballots INCLUDING DEFAULTS, PRIMARY KEY (poll_id, id)) PARTITION BY HASH (poll_id)")
        for place in range(PARTS):
            name = sql.Identifier(f"parted_{place}")
            values = sql.SQL("CREATE TABLE {} PARTITION OF parted FOR VALUES WITH (MODULUS {}, REMAINDER {})")
            connection.execute(values.format(name, sql.Literal(PARTS), sql.Literal(place)))
        connection.execute("ALTER TABLE parted ADD UNIQUE (poll_id, lender_index, sequence), ADD UNIQUE (poll_id, digest)")
        connection.execute("CREATE UNIQUE INDEX ON parted (poll_id, book, book_number)")
        connection.execute("INSERT INTO parted SELECT * FROM ballots")
        counts = connection.execute("SELECT (SELECT count(*) FROM parted), (SELECT count(*) FROM ballots)").fetchone()
        plan = connection.execute("EXPLAIN SELECT * FROM parted WHERE poll_id = 'poll1x0' AND lender_index = 5").fetchall()
    read = {word.strip('"') for (line,) in plan for word in line.split() if word.startswith("parted_")}
    return bool(counts and counts[0] == counts[1] > 0), len({name.split("_")[1] for name in read}) == 1


class Replica:
    """A second server that follows the first; a context manager."""

    def __init__(self, server: PrivatePostgreSQL) -> None:
        self._server, self.port = server, free_port()
        self.folder = server.folder / "replica"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._server._as_user, str(self._server._programs / program), *arguments]
        null = subprocess.DEVNULL
        subprocess.run(command, check=True, cwd=self._server.folder, stdin=null, stdout=null, stderr=null, timeout=120)

    def __enter__(self) -> Replica:
        """Copy the first one and follow it."""
        where = ["-h", "127.0.0.1", "-p", str(self._server.port), "-U", "postgres"]
        self._run("pg_basebackup", *where, "-D", str(self.folder), "-R", "-X", "stream", "-c", "fast")
        options = f"-h 127.0.0.1 -p {self.port} -k {self._server.folder} -c max_connections=300 -c hot_standby=on"
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-t", "60", "-l", str(self._server.folder / "log2"), "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")


def on_a_replica(server: PrivatePostgreSQL, url: str) -> tuple[bool, bool, int]:
    """Whether our reading sessions read there, whether writing is refused, and after how many milliseconds a row is seen there."""
    with Replica(server) as replica:
        there = open_engine(url.replace(f":{server.port}/", f":{replica.port}/"))
        here = open_engine(url)
        far, near = open_sessions(there), open_sessions(here)
        try:
            with near.writing_apart("ballots") as session:
                session.execute(insert(BallotRow), [ballot("replicated", 1)])
            began, lag = time.monotonic(), -1
            while lag < 0 and time.monotonic() - began < 10:
                with far.reading() as session:
                    if session.scalar(select(BallotRow.id).where(BallotRow.poll_id == "replicated")) is not None:
                        lag = round(1000 * (time.monotonic() - began))
            try:
                with far.begin() as session:
                    session.execute(insert(BallotRow), [ballot("replicated", 2)])
                refused = False
            except (OperationalError, SQLAlchemyError):
                refused = True
            return lag >= 0, refused, lag
        finally:
            there.dispose()
            here.dispose()


def tried() -> Tried:
    """All of it, on a private server that waits for its disk as a real one does. Raises: PostgreSQLMissing."""
    with PrivatePostgreSQL() as server:
        url = server.url_for(Path("scale"))
        engine = open_engine(url)
        upgrade(engine)
        writes = {writers: write_in_turn(url, writers) for writers in WRITERS}
        size = row_bytes(open_sessions(engine))
        in_parts, pruned = parts(url)
        reads, refuses, lag = on_a_replica(server, url)
        engine.dispose()
    return Tried(writes, size, unfit_for_parts(), in_parts, pruned, reads, refuses, lag)


def processors() -> int:
    """Of this machine."""
    return os.cpu_count() or 1
