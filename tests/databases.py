"""Databases for the tests: SQLite files, and a PostgreSQL server of this run's own.

`LENDERVOTE_TEST_DATABASES=sqlite,postgresql` runs every test that takes a database on both.
"""

from __future__ import annotations

import atexit
import functools
import os
from pathlib import Path

import pytest

from scripts.rig.postgresql import HOW_TO_GET_IT, PrivatePostgreSQL, programs

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_now = SQLITE


def wanted() -> list[str]:
    """The kinds of database that the environment asks for."""
    names = [name.strip() for name in os.environ.get("LENDERVOTE_TEST_DATABASES", SQLITE).split(",") if name.strip()]
    unknown = set(names) - {SQLITE, POSTGRESQL}
    if unknown:
        raise ValueError(f"LENDERVOTE_TEST_DATABASES names {unknown}; there are {SQLITE} and {POSTGRESQL}")
    return names


def use(kind: str) -> None:
    """From now on `url_for` gives databases of this kind. Skips where PostgreSQL is missing."""
    global _now  # noqa: PLW0603
    if kind == POSTGRESQL:
        server()
    _now = kind


def current() -> str:
    """The kind of database that `url_for` gives now."""
    return _now


def url_for(path: Path) -> str:
    """The database that stands for this file; the same path is the same database, as with SQLite."""
    return f"sqlite:///{path}" if _now == SQLITE else server().url_for(path)


def stored_in(path: Path) -> bytes:
    """All bytes on disk of the database that stands for this file."""
    if _now == SQLITE:
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    return server().stored_in(path)


@functools.cache
def server() -> PrivatePostgreSQL:
    """The one server of this run. Skips where PostgreSQL is missing."""
    if programs() is None:
        pytest.skip(HOW_TO_GET_IT)
    started = PrivatePostgreSQL(durable=False)  # tests see no power cut
    atexit.register(started.stop)
    return started


def stop() -> None:
    """End the server, if there is one, while this process is still waited for: pytest-xdist ends its workers soon after their last test."""
    if server.cache_info().currsize:
        atexit.unregister(server().stop)
        server().stop()
        server.cache_clear()
