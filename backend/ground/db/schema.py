"""Bring a database to the newest schema, and draft the next revision.

Revisions stand under `migrations/versions`. The caller passes the metadata, because the tables belong to rooms that this one does not know.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, metadata: MetaData | None = None, revision: str = "head") -> None:
    """Apply every revision that is still missing, all in one transaction."""
    with engine.connect() as connection:
        _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                command.upgrade(_config(connection, metadata), revision)
        finally:
            _foreign_keys(connection, on=True)


def draft_revision(engine: Engine, metadata: MetaData, message: str) -> None:
    """Write a revision file with what tells the metadata from the database; it is read and corrected by a person before it is committed."""
    with engine.begin() as connection:
        command.revision(_config(connection, metadata), message=message, autogenerate=True)


def differences(engine: Engine, metadata: MetaData) -> list[object]:
    """What tells the database from the metadata; empty when the revisions give every table as its room declares it."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.begin() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _config(connection: Connection, metadata: MetaData | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """SQLite rebuilds a table to change it, which must not delete the rows that point there; it heeds this outside of transactions only."""
    if connection.dialect.name != "sqlite":
        return
    driver = connection.connection.dbapi_connection
    assert driver is not None
    cursor = driver.cursor()
    cursor.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    cursor.close()
