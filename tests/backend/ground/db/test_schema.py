"""Migrations: drafted from what the tables say, applied once, and without loss of rows that point at a rebuilt table."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, ForeignKey, Integer, MetaData, String, Table, inspect, text

from backend.ground.db import schema
from backend.ground.db.base import NAMES
from backend.ground.db.sessions import open_engine
from tests.databases import SQLITE, current, url_for


def tables(*, wider: bool) -> MetaData:
    metadata = MetaData(naming_convention=NAMES)
    Table(
        "houses",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(20), nullable=not wider),
        *([Column("street", String(20), server_default="high street")] if wider else []),
    )
    Table("rooms", metadata, Column("id", Integer, primary_key=True), Column("house_id", ForeignKey("houses.id", ondelete="CASCADE")))
    return metadata


def foreign_keys_are_on(connection: Connection) -> bool:
    return current() != SQLITE or connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__", "versions"))
    (folder / "versions").mkdir()
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    return folder


def test_what_is_drafted_brings_the_database_to_what_the_tables_say(migrations: Path, tmp_path: Path) -> None:
    engine = open_engine(url_for(tmp_path / "a.sqlite3"))
    schema.upgrade(engine)
    schema.draft_revision(engine, tables(wider=False), "begin")
    assert schema.differences(engine, tables(wider=False)) != []
    schema.upgrade(engine)
    schema.upgrade(engine)
    assert schema.differences(engine, tables(wider=False)) == []


def test_a_rebuilt_table_keeps_the_rows_that_point_at_it(migrations: Path, tmp_path: Path) -> None:
    engine = open_engine(url_for(tmp_path / "a.sqlite3"))
    schema.draft_revision(engine, tables(wider=False), "begin")
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO houses VALUES (1, 'old')"))
        connection.execute(text("INSERT INTO rooms VALUES (1, 1)"))
    schema.draft_revision(engine, tables(wider=True), "widen")
    schema.upgrade(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT name, street FROM houses")).all() == [("old", "high street")]
        assert connection.execute(text("SELECT house_id FROM rooms")).all() == [(1,)]
        assert foreign_keys_are_on(connection)
    assert schema.differences(engine, tables(wider=True)) == []


def test_half_a_revision_is_none(migrations: Path, tmp_path: Path) -> None:
    engine = open_engine(url_for(tmp_path / "a.sqlite3"))
    schema.draft_revision(engine, tables(wider=False), "begin")
    [revision] = (migrations / "versions").glob("*.py")
    broken = revision.read_text().replace("def downgrade", "    raise RuntimeError('the power fails here')\n\n\ndef downgrade", 1)
    revision.write_text(broken)
    with pytest.raises(RuntimeError):
        schema.upgrade(engine)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert connection.execute(text("SELECT * FROM alembic_version")).all() == []
        assert foreign_keys_are_on(connection)


def test_the_revisions_give_the_tables_that_the_rooms_declare(tmp_path: Path) -> None:
    from backend.app import Base

    engine = open_engine(url_for(tmp_path / "a.sqlite3"))
    schema.upgrade(engine)
    assert schema.differences(engine, Base.metadata) == []
