"""Databases for the tests: SQLite files, and a PostgreSQL server of this run's own.

`LENDERVOTE_TEST_DATABASES=sqlite,postgresql` runs every test that takes a database on both.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

SQLITE, POSTGRESQL = "sqlite", "postgresql"
HOW_TO_GET_IT = "PostgreSQL 15 is not installed; on Debian: apt-get install postgresql"
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
def server() -> Server:
    """The one server of this run. Skips where PostgreSQL is missing."""
    if programs() is None:
        pytest.skip(HOW_TO_GET_IT)
    started = Server()
    atexit.register(started.stop)
    return started


def programs() -> Path | None:
    """The folder of initdb and postgres, newest first; they are not on PATH on Debian."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class Server:
    """A private PostgreSQL on a port of its own, its files in a temporary folder; it trusts this machine only."""

    def __init__(self) -> None:
        folder = programs()
        assert folder is not None
        self._programs = folder
        self.folder = Path(tempfile.mkdtemp(prefix="lendervote-pg-"))
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self.folder, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        self._made: set[str] = set()

    def start(self) -> None:
        """Start, and wait until it answers. Also after `kill`."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c max_connections=300 -c shared_buffers=64MB"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """End it and remove its files."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url_for(self, path: Path) -> str:
        """A database of its own for each path."""
        name = "t" + hashlib.sha256(str(path).encode()).hexdigest()[:24]
        if name not in self._made:
            with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            self._made.add(name)
        return self._address(name).replace("postgresql://", "postgresql+psycopg://")

    def stored_in(self, path: Path) -> bytes:
        """The files of this path's database, with everything that was committed."""
        with psycopg.connect(self.url_for(path).replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            found = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        assert found is not None
        return b"".join(file.read_bytes() for file in (self.folder / "data" / "base" / str(found[0])).iterdir())

    def _address(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        null = subprocess.DEVNULL
        subprocess.run(command, check=check, cwd=self.folder, stdin=null, stdout=null, stderr=null)
