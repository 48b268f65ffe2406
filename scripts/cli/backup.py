"""Copies of a running installation's data, and the way back.

A copy holds the database and the embedded chain's state. It does not hold the keys under data_dir/secrets, without which it is of little
use to a thief: keep those apart, on paper or in a vault. The journal of receipted ballots is not copied but replayed: it has to be on
another disk than the database (LENDERVOTE_JOURNAL_DIR), and restoring an older copy then loses no receipted ballot.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.ground.common.running import ServiceRunning, stopped
from backend.ground.common.settings import Settings
from backend.ground.db.schema import upgrade
from backend.ground.db.sessions import open_engine, open_sessions
from backend.vote.ballots.journal import Journal

SQLITE_FILE, POSTGRESQL_FILE, STATE_FILE = "lendervote.sqlite3", "lendervote.dump", "chain-state.json"
MADE_FILE = "backup.json"  # written last: a folder without it is no whole copy
DATED = "%Y%m%dT%H%M%SZ"
DATED_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")


def back_up(settings: Settings, folder: Path) -> dict[str, Any]:
    """Copy database and chain state into a new folder, while the service runs. Raises: FileExistsError, CalledProcessError."""
    folder.mkdir(parents=True, mode=0o700)
    url = settings.resolved_database_url
    if url.startswith("sqlite"):
        _copy_sqlite(_sqlite_path(url), folder / SQLITE_FILE)
    else:
        subprocess.run(["pg_dump", "--format=custom", f"--file={folder / POSTGRESQL_FILE}", _plain_url(url)], check=True)
    state = settings.data_dir / "chain" / "state.json"
    if not settings.rpc_url and state.exists():
        shutil.copyfile(state, folder / STATE_FILE)
    made = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "folder": str(folder),
        "files": sorted(path.name for path in folder.iterdir()),
    }
    (folder / MADE_FILE).write_text(json.dumps(made) + "\n")
    return made


def back_up_among(settings: Settings, folder: Path, keep: int = 0) -> dict[str, Any]:
    """A copy in a folder of its own among earlier ones, named after its time; of those only the newest `keep` stay, all where it is 0.

    Raises: as back_up.
    """
    made = back_up(settings, folder / f"{datetime.now(UTC):{DATED}}")
    copies = sorted(path.parent for path in folder.glob(f"*/{MADE_FILE}") if DATED_NAME.fullmatch(path.parent.name))
    old = copies[:-keep] if keep else []
    for one in old:
        shutil.rmtree(one)
    return made | {"removed": [path.name for path in old]}


def restore(settings: Settings, folder: Path) -> dict[str, Any]:
    """Put a copy's database in place of the present one, which is kept beside it, then replay the journal.

    The chain's state is put back only where there is none: a chain does not forget. Raises: ServiceRunning when any service of this
    installation runs; FileNotFoundError, CalledProcessError.
    """
    with stopped(settings.data_dir):
        return _restore(settings, folder)


def _restore(settings: Settings, folder: Path) -> dict[str, Any]:
    url = settings.resolved_database_url
    if url.startswith("sqlite"):
        _put_sqlite(folder / SQLITE_FILE, _sqlite_path(url))
    else:
        _refuse_when_used(url)
        restoring = ["pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={_plain_url(url)}"]
        subprocess.run([*restoring, str(folder / POSTGRESQL_FILE)], check=True)
    state = settings.data_dir / "chain" / "state.json"
    if not settings.rpc_url and not state.exists() and (folder / STATE_FILE).exists():
        state.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / STATE_FILE, state)
    return {"ballots_put_back": replay(settings)}


def replay(settings: Settings) -> int:
    """Give the database every receipted ballot of the journal that it lacks; how many."""
    engine = open_engine(settings.resolved_database_url)
    try:
        upgrade(engine)
        return Journal(settings.resolved_journal_dir).replay(open_sessions(engine))
    finally:
        engine.dispose()


def _refuse_when_used(url: str) -> None:
    """A service on another machine holds no lock here, but it holds connections to the database. Raises: ServiceRunning."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            clients = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
            others = f"{clients} AND pid <> pg_backend_pid()"
            if connection.exec_driver_sql(others).scalar():
                raise ServiceRunning(place=connection.engine.url.render_as_string(hide_password=True))
    finally:
        engine.dispose()


def _copy_sqlite(source: Path, target: Path) -> None:
    # SQLite's own copying sees one state of the database, whatever is written meanwhile.
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA integrity_check").fetchone()
    target.chmod(0o600)


def _put_sqlite(copy: Path, target: Path) -> None:
    if not copy.exists():
        raise FileNotFoundError(copy)
    if target.exists():
        aside = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%d%H%M%S}")
        for ending in ("", "-wal", "-shm"):
            file = target.with_name(target.name + ending)
            if file.exists():
                file.rename(aside.with_name(aside.name + ending))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(copy, target)
    target.chmod(0o600)


def _sqlite_path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _plain_url(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
