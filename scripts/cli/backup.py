"""Copies of a running installation's data, and the way back.

A copy holds the database and the embedded chain's state. It does not hold the keys under data_dir/secrets, without which it is of little
use to a thief: keep those apart, on paper or in a vault. The journal of receipted ballots is not copied but replayed: it has to be on
another disk than the database (LENDERVOTE_JOURNAL_DIR), and restoring an older copy then loses no receipted ballot.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.ground.common.settings import Settings
from backend.ground.db.schema import upgrade
from backend.ground.db.sessions import open_engine, open_sessions
from backend.vote.ballots.journal import Journal

SQLITE_FILE, POSTGRESQL_FILE, STATE_FILE = "lendervote.sqlite3", "lendervote.dump", "chain-state.json"


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
    made = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "files": sorted(path.name for path in folder.iterdir())}
    (folder / "backup.json").write_text(json.dumps(made) + "\n")
    return made


def restore(settings: Settings, folder: Path) -> dict[str, Any]:
    """Put a copy's database in place of the present one, which is kept beside it, then replay the journal. The service must not run.

    The chain's state is put back only where there is none: a chain does not forget. Raises: FileNotFoundError, CalledProcessError.
    """
    url = settings.resolved_database_url
    if url.startswith("sqlite"):
        _put_sqlite(folder / SQLITE_FILE, _sqlite_path(url))
    else:
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
