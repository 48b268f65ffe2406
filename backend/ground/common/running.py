"""Whether services of an installation run: each holds a lock on its data folder, which the system lets go when the process ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.ground.common.errors import Conflict

_FILE = "running.lock"


class ServiceRunning(Conflict):
    """The database is in use."""

    zh = "服务正在运行（{place}）。请先停止服务，再重新执行；数据没有改动。"
    en = "The service is running ({place}). Stop it, then try again; nothing was changed."


class DataBeingReplaced(Conflict):
    """A copy is being put in place of the database."""

    zh = "正在恢复数据（{place}），服务暂不能启动。请等恢复完成后再启动。"
    en = "The data are being restored ({place}). Start the service when that has ended."


@contextmanager
def running(data_dir: Path) -> Iterator[None]:
    """Held by a service from start to end; several may. Raises: DataBeingReplaced."""
    with _locked(data_dir, fcntl.LOCK_SH, DataBeingReplaced):
        yield


@contextmanager
def stopped(data_dir: Path) -> Iterator[None]:
    """Held by whoever replaces the data; no service runs meanwhile and none can start. Raises: ServiceRunning."""
    with _locked(data_dir, fcntl.LOCK_EX, ServiceRunning):
        yield


@contextmanager
def _locked(data_dir: Path, how: int, refusal: type[Conflict]) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / _FILE).open("w") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal(place=data_dir) from None
        yield
