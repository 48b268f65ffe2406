"""The revision that lets accounts be disabled: applied to accounts that are there, and taken back in nobody's favour."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import Connection, Engine, text

from backend.app import Base
from backend.ground.db import schema
from backend.ground.db.sessions import open_engine
from tests.databases import url_for

BEFORE, REVISION = "5b1c7e90d2aa", "c3f80d61b7e4"


def add_account(connection: Connection, name: str) -> None:
    columns = "id, name, role, password_hash, totp_secret, totp_step, created_at"
    statement = f"INSERT INTO accounts ({columns}) VALUES (:n, :n, 'official', 'hash', :s, 0, :t)"
    connection.execute(text(statement), {"n": name, "s": b"sealed", "t": "2026-01-01 00:00:00+00:00"})


def downgrade(engine: Engine, revision: str) -> None:
    with engine.connect() as connection:
        schema._foreign_keys(connection, on=False)
        with connection.begin():
            command.downgrade(schema._config(connection, None), revision)
        schema._foreign_keys(connection, on=True)


def hashes(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.name: row.password_hash for row in connection.execute(text("SELECT name, password_hash FROM accounts"))}


def test_accounts_of_before_are_in_use_and_the_disabled_stay_out_when_it_is_taken_back(tmp_path: Path) -> None:
    engine = open_engine(url_for(tmp_path / "a.sqlite3"))
    schema.upgrade(engine, revision=BEFORE)
    with engine.begin() as connection:
        for name in ("stays", "leaves"):
            add_account(connection, name)
    schema.upgrade(engine)
    assert schema.differences(engine, Base.metadata) == []
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM accounts WHERE disabled_at IS NULL")).scalar() == 2
        given = "password_given_at IS NOT NULL OR second_factor_given_at IS NOT NULL OR held_until IS NOT NULL"
        assert connection.execute(text(f"SELECT count(*) FROM accounts WHERE {given}")).scalar() == 0, "they are their owners'"
        connection.execute(text("UPDATE accounts SET disabled_at = created_at WHERE name = 'leaves'"))
    downgrade(engine, BEFORE)
    assert hashes(engine) == {"stays": "hash", "leaves": "disabled"}
    schema.upgrade(engine)
    assert schema.differences(engine, Base.metadata) == []
    engine.dispose()
