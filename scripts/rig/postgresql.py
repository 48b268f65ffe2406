"""A PostgreSQL server for one run, its files in a temporary folder; for tests, loads and demos."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from scripts.rig.processes import free_port

HOW_TO_GET_IT = "PostgreSQL 15 is not installed; on Debian: apt-get install postgresql"


class PostgreSQLMissing(Exception):
    """The programs are not on this machine."""


def programs() -> Path | None:
    """The folder of initdb and postgres, newest first; they are not on PATH on Debian."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class PrivatePostgreSQL:
    """A private PostgreSQL on a port of its own, its files in a temporary folder; it trusts this machine only."""

    def __init__(self, *, durable: bool = True) -> None:
        """Make the files and start; where it is not durable, a commit does not wait for the disk. Raises: PostgreSQLMissing."""
        folder = programs()
        if folder is None:
            raise PostgreSQLMissing(HOW_TO_GET_IT)
        self._programs = folder
        self._haste = "" if durable else " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self.folder = Path(tempfile.mkdtemp(prefix="lendervote-pg-"))
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self.folder, "postgres")
        self.port = free_port()
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        self._made: set[str] = set()

    def start(self) -> None:
        """Start, and wait until it answers. Also after `kill`."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c max_connections=300 -c shared_buffers=64MB{self._haste}"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", options, "start")

    def kill(self) -> None:
        """End it as a power cut would; `start` brings it back."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def restart(self) -> None:
        """As an administrator does: open transactions are broken off."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "-w", "stop")
        self.start()

    def stop(self) -> None:
        """End it and remove its files."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> PrivatePostgreSQL:
        """It runs already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()

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


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """For a PostgreSQL address, a new database beside the one named, dropped at the end; any other address as it is.

    A demo begins with nothing, and must not touch what an installation holds.
    """
    if not url.startswith("postgresql"):
        yield url
        return
    given = make_url(url)
    name = f"{given.database}_demo_{secrets.token_hex(4)}"
    address = given.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield given.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
