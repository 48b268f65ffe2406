"""Which installation a command works on: it is said before anything is done, and none is made by accident."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from backend.ground.common.errors import NotFound
from backend.ground.common.settings import Settings, read_settings, settings_file
from backend.ground.db.sessions import open_engine

if TYPE_CHECKING:
    from backend.app import Rooms


class InstallationMissing(NotFound):
    """The settings name a database that is not there or is empty."""

    zh = "这里没有 LenderVote 的数据库：{database}。请检查当前文件夹和配置文件；首次安装请先执行 lendervote init。"
    en = "There is no database of LenderVote at {database}. Check the folder and the file of settings; on a new machine: lendervote init."


class NeedsSources(NotFound):
    """The demo runs from a checkout: it plays every role with the drills' own tools, which no installation has."""

    zh = "演示需要源代码：请在源代码文件夹中运行 make demo。"
    en = "The demo needs the sources: run `make demo` in a checkout."


class InstallationThere(NotFound):
    """A new installation was asked for where there is one."""

    zh = "这里已有 LenderVote 的数据库：{database}。没有做任何改动。"
    en = "There is a database of LenderVote at {database} already. Nothing was changed."


class KeysMissing(NotFound):
    """There is a database and not the keys that it was written with, as after a restore on another machine."""

    zh = "这里有数据库，但缺少密钥：{names}。请从另行保存处放回 {folder}（权限 600，属于本服务的用户）。不会另造新密钥。"
    en = (
        "There is a database, and its keys are missing: {names}. Put them back into {folder} from where they are kept apart, "
        "mode 600, owned by the service's user. No new ones are made."
    )


def checkout() -> Path | None:
    """The folder of the sources when the command runs from them; None when it was installed from a wheel."""
    folder = Path(__file__).resolve().parents[2]
    return folder if (folder / "scripts" / "demo").is_dir() else None


def told_settings() -> Settings:
    """The settings, after a line on standard error that says where they are from and which database they name."""
    settings, file = read_settings(), settings_file()
    source = str(file.resolve()) if file else "环境变量 / environment"
    typer.echo(f"配置 / settings: {source}; 数据库 / database: {database_of(settings)}", err=True)
    return settings


def known_installation() -> Settings:
    """The settings of an installation that has a database. Raises: InstallationMissing."""
    settings = told_settings()
    if not has_database(settings):
        raise InstallationMissing(database=database_of(settings))
    return settings


def beside_service(settings: Settings) -> Settings:
    """Settings for a command that asks the chain: the embedded one belongs to the running service and is not started a second time."""
    return settings if settings.rpc_url else settings.model_copy(update={"rpc_url": f"http://127.0.0.1:{settings.anvil_port}"})


def check_keys(settings: Settings) -> None:
    """New keys beside an earlier database would open no name in it and know none of the relay's transactions. Raises: KeysMissing."""
    folder = settings.data_dir / "secrets"
    given = {"field.key": settings.field_key, "relay.key": settings.relay_key}
    missing = [name for name, key in given.items() if not key.get_secret_value() and not (folder / name).is_file()]
    if missing:
        raise KeysMissing(names=", ".join(missing), folder=folder.resolve())


@contextmanager
def opened_rooms() -> Iterator[Rooms]:
    """The installation's rooms, its database brought up to date; no chain is started. Raises: InstallationMissing, KeysMissing."""
    settings = beside_service(known_installation())
    check_keys(settings)
    from backend.app import open_rooms  # all rooms take their time to load; what is wrong with the settings is said before

    rooms = open_rooms(settings)
    try:
        yield rooms
    finally:
        rooms.engine.dispose()


def database_of(settings: Settings) -> str:
    """The database's address as people may read it: without a password."""
    url = make_url(settings.resolved_database_url)
    return str(Path(url.database or "").resolve()) if url.drivername.startswith("sqlite") else url.render_as_string(hide_password=True)


def has_database(settings: Settings) -> bool:
    """Whether there are tables. Raises: SQLAlchemyError where a database server does not answer."""
    url = make_url(settings.resolved_database_url)
    if url.drivername.startswith("sqlite") and not Path(url.database or "").is_file():
        return False  # opening it would make it
    engine = open_engine(settings.resolved_database_url)
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()
