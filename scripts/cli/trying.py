"""A copy that was never opened is no copy: `lendervote try-backup` opens one apart from the service and notes when it did."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.ground.common.errors import BadInput
from backend.ground.common.settings import Settings
from backend.ground.db.schema import upgrade
from backend.ground.db.sessions import open_engine

from .backup import MADE_FILE, POSTGRESQL_FILE, SQLITE_FILE

NOTE = "backup-tried.json"


class CopyNotWhole(BadInput):
    """A folder that is no whole copy of an installation."""

    zh = "这不是一份完整的备份：{folder}（{what}）。"
    en = "This is no whole copy: {folder} ({what})."


def try_copy(settings: Settings, folder: Path) -> dict[str, Any]:
    """Open the copy in a folder of its own and note it in the data folder. Raises: CopyNotWhole, CalledProcessError."""
    if not (folder / MADE_FILE).is_file():
        raise CopyNotWhole(folder=folder, what=f"no {MADE_FILE}")
    made = json.loads((folder / MADE_FILE).read_text())
    tables = _try_sqlite(folder) if (folder / SQLITE_FILE).exists() else _try_postgresql(folder)
    tried = {
        "made_at": made["made_at"],
        "tried_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "folder": str(folder),
        "tables": tables,
    }
    note = settings.data_dir / NOTE
    note.write_text(json.dumps(tried) + "\n")
    note.chmod(0o600)
    return tried


def last_try(settings: Settings) -> dict[str, Any]:
    """What `try_copy` noted last; empty when it never did."""
    try:
        noted: dict[str, Any] = json.loads((settings.data_dir / NOTE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return noted


def _try_sqlite(folder: Path) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / SQLITE_FILE
        shutil.copyfile(folder / SQLITE_FILE, file)
        try:
            with closing(sqlite3.connect(file)) as database:
                said = str(database.execute("PRAGMA integrity_check").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise CopyNotWhole(folder=folder, what=str(error)) from error
        if said != "ok":
            raise CopyNotWhole(folder=folder, what=said[:80])
        engine = open_engine(f"sqlite:///{file}")
        try:
            upgrade(engine)  # as a restore would
            with engine.connect() as connection:
                return int(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'table'").scalar() or 0)
        finally:
            engine.dispose()


def _try_postgresql(folder: Path) -> int:
    if not (folder / POSTGRESQL_FILE).exists():
        raise CopyNotWhole(folder=folder, what=f"neither {SQLITE_FILE} nor {POSTGRESQL_FILE}")
    # Read to its last byte; that a server takes it is shown by restoring it on another machine (see the runbook).
    subprocess.run(["pg_restore", "--file=/dev/null", str(folder / POSTGRESQL_FILE)], check=True)
    listed = subprocess.run(["pg_restore", "--list", str(folder / POSTGRESQL_FILE)], check=True, capture_output=True, text=True).stdout
    return sum(" TABLE " in line and " TABLE DATA " not in line for line in listed.splitlines())
