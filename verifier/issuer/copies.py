"""Copies of the issuer's database, and the way back.

A copy holds the log, consents and sealed references. It never holds the keys (`issuer.key`, `reference.key`, earlier master keys): without
them nothing in it opens. Keep those apart, on paper or in a vault. A copy made before an erasure still holds what was erased, sealed:
copies are few, dated, and the old ones go.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DATABASE, MADE_FILE, LOCK = "issuer.sqlite3", "backup.json", "running.lock"
DATED, DATED_NAME = "%Y%m%dT%H%M%SZ", re.compile(r"[0-9]{8}T[0-9]{6}Z")


class CopyRefused(Exception):
    """A copy that cannot be made or put back; the sentence says why, in both languages."""


@contextmanager
def running(data_dir: Path) -> Iterator[None]:
    """Held by the service from start to end. Raises: CopyRefused while a copy is put back."""
    with _locked(data_dir, fcntl.LOCK_SH, "正在恢复数据，服务暂不能启动。\nThe data are being restored; start when that has ended."):
        yield


@contextmanager
def stopped(data_dir: Path) -> Iterator[None]:
    """Held by whoever replaces the data. Raises: CopyRefused while the service runs."""
    said = "身份核验机构的服务正在运行，请先停止；数据没有改动。\nThe verifier is running. Stop it first; nothing was changed."
    with _locked(data_dir, fcntl.LOCK_EX, said):
        yield


@contextmanager
def _locked(data_dir: Path, how: int, refusal: str) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data_dir / LOCK).open("w") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CopyRefused(refusal) from None
        yield


def back_up(data_dir: Path, folder: Path, keep: int = 0) -> dict[str, Any]:
    """Copy the database while the service runs: into a new folder, or dated into one that exists, where the newest `keep` stay (0: all).

    Raises: CopyRefused, OSError.
    """
    source = data_dir / DATABASE
    if not source.is_file():
        raise CopyRefused(f"这里没有身份核验的数据库：{source}\nThere is no database of the verifier at {source}.")
    among = folder.is_dir()
    target = folder / f"{datetime.now(UTC):{DATED}}" if among else folder
    target.mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target / DATABASE)) as new:
        old.backup(new)  # one state of the database, whatever is written meanwhile
    made: dict[str, Any] = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "folder": str(target)}
    (target / MADE_FILE).write_text(json.dumps(made) + "\n")  # last: a folder without it is no whole copy
    for file in target.iterdir():
        file.chmod(0o600)
    return made | {"removed": _prune(folder, keep) if among else []}


def _prune(folder: Path, keep: int) -> list[str]:
    copies = sorted(path.parent for path in folder.glob(f"*/{MADE_FILE}") if DATED_NAME.fullmatch(path.parent.name))
    old = copies[:-keep] if keep else []
    for one in old:
        shutil.rmtree(one)
    return [one.name for one in old]


def restore(data_dir: Path, folder: Path) -> dict[str, Any]:
    """Put a whole copy in place of the database, which is kept beside it. Raises: CopyRefused, OSError."""
    with stopped(data_dir):
        _check(folder)
        target = data_dir / DATABASE
        aside = f"{DATABASE}.before-{datetime.now(UTC):{DATED}}"
        for ending in ("", "-wal", "-shm"):
            file = data_dir / (DATABASE + ending)
            if file.exists():
                file.rename(data_dir / (aside + ending))
        partial = target.with_suffix(".partial")
        shutil.copyfile(folder / DATABASE, partial)
        partial.chmod(0o600)
        partial.replace(target)
        return {"restored": str(folder), "kept": aside if (data_dir / aside).exists() else ""}


def _check(folder: Path) -> None:
    """Raises: CopyRefused unless the copy is whole."""
    said = f"no {MADE_FILE}"
    if (folder / MADE_FILE).is_file():
        try:
            with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)) as copy:
                said = str(copy.execute("PRAGMA integrity_check").fetchone()[0])
        except sqlite3.DatabaseError as error:
            said = str(error)
    if said != "ok":
        raise CopyRefused(f"这不是一份完整的备份：{folder}（{said[:80]}）\nThis is no whole copy: {folder} ({said[:80]}).")
