"""Engine and session factory; SQLite in WAL with foreign keys, PostgreSQL by URL.

On both databases one transaction writes at a time, so that what a transaction has read still holds when it writes. Readers wait for
nobody: `sessions.reading()` sees one state of the database and can change nothing.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

WAIT_SECONDS = 30
"""How long a writer waits for the one before it."""
SYNCHRONOUS = "FULL"
"""Of SQLite: a commit is on the disk when it returns. Tests, which see processes killed and no power cut, say OFF."""
#: Requests run in a pool of 40 threads, the relay and the pump beside them; each may hold one connection.
_POOL = {"pool_size": 24, "max_overflow": 32, "pool_timeout": WAIT_SECONDS}
_READING = "lendervote_reading"
_PLACE = "lendervote_place"


class Sessions(sessionmaker[Session]):
    """`with sessions.begin() as session:` is one transaction that may write."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that reads one state of the database; it takes no lock, and whatever it would write is refused."""
        with self(bind=self._engine({_READING: True, **_read_only(self.kw["bind"])})) as session, session.begin():
            yield session

    @contextmanager
    def writing_apart(self, place: str) -> Iterator[Session]:
        """One transaction that writes in turn with those of the same place only, where the database can do that (PostgreSQL).

        For what no other transaction may spoil: ballots go on being taken while a register is imported.
        """
        with self(bind=self._engine({_PLACE: place})) as session, session.begin():
            yield session

    @contextmanager
    def alone(self, job: str) -> Iterator[bool]:
        """Whether this process may do the job now; while it does, no other process on the same PostgreSQL may.

        A process that is killed lets go with its connection. On SQLite there is one process, so it always may.
        """
        engine: Engine = self.kw["bind"]
        if engine.dialect.name != "postgresql":
            yield True
            return
        # Outside of transactions: a job takes long, and an open transaction would hold up the database's cleaning.
        with self._engine({_READING: True, "isolation_level": "AUTOCOMMIT"}).connect() as connection:
            mine = bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({lock_number(job)})").scalar())
            try:
                yield mine
            finally:
                if mine:
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({lock_number(job)})")

    def _engine(self, options: dict[str, Any]) -> Engine:
        return _with_options(self.kw["bind"], tuple(options.items()))


def open_engine(url: str) -> Engine:
    """An engine for the address; makes the folder of a SQLite file."""
    if not url.startswith("sqlite"):
        limits = f"-c lock_timeout={WAIT_SECONDS}s -c timezone=UTC"
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"options": limits}, **_POOL)
        event.listen(engine, "begin", _take_turn)
        return engine
    in_memory = ":memory:" in url
    if not in_memory:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": WAIT_SECONDS}, **({} if in_memory else _POOL)
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def open_sessions(engine: Engine) -> Sessions:
    """A session factory; `with sessions.begin() as session:` is one transaction."""
    return Sessions(engine, expire_on_commit=False)


@functools.lru_cache(maxsize=256)
def _with_options(engine: Engine, options: tuple[tuple[str, Any], ...]) -> Engine:
    """Kept, since making one costs as much as a small query."""
    return engine.execution_options(**dict(options))


def _read_only(engine: Engine) -> dict[str, Any]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"synchronous={SYNCHRONOUS}", f"busy_timeout={WAIT_SECONDS * 1000}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    # IMMEDIATE: a transaction that reads and then writes would otherwise fail when another wrote in between.
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _take_turn(connection: Connection) -> None:
    """What BEGIN IMMEDIATE does on SQLite: writers come one after the other, so that checks before a write hold."""
    options = connection.get_execution_options()
    if not options.get(_READING, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock_number(options.get(_PLACE, 'writers'))})")


def lock_number(name: str) -> int:
    """The number under which PostgreSQL knows a lock of ours."""
    return zlib.crc32(b"lendervote " + name.encode())
