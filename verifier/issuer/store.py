"""Tables and SQL of the issuer: one SQLite file in its data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, event, text

MIGRATIONS = Path(__file__).parent / "migrations"
SYNCHRONOUS = "FULL"
"""Of SQLite: what was issued is on the disk when it is answered. Tests, which see no power cut, say OFF."""


class DatabaseNotUsable(Exception):
    """The database was made by another version of the issuer than this one knows."""


@dataclass(frozen=True)
class Credential:
    """The right to cast for one lender with one ballot key; `expires_at` in seconds since 1970, `signature` 0x text."""

    index: int
    ballot_key: str
    expires_at: int
    signature: str


class Database:
    """The file; every transaction takes the write lock at once, so that two never count or chain from the same state.

    Raises: DatabaseNotUsable.
    """

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # before SQLite makes it, and its two companions like it
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        with self.begin() as connection:
            _upgrade(connection)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction, written through to the disk before it ends well."""
        with self._engine.begin() as connection:
            yield connection

    def forget_copies(self) -> None:
        """Empty the file of transactions beside the database, in which a deleted row would live on for a while."""
        with self._engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def _upgrade(connection: Connection) -> None:
    """Apply every revision that is still missing."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseNotUsable(f"issuer.sqlite3 was made by a newer version of the issuer: {error}") from error


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in ("journal_mode=WAL", f"synchronous={SYNCHRONOUS}", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def find_credential(connection: Connection, poll: str, index: int, ballot_key: str) -> Credential | None:
    """The credential issued last for this lender and key."""
    row = connection.execute(
        text("SELECT expires_at, signature FROM credentials WHERE poll = :poll AND lender = :index AND ballot_key = :ballot_key"),
        {"poll": poll, "index": index, "ballot_key": ballot_key},
    ).first()
    return Credential(index, ballot_key, row.expires_at, row.signature) if row else None


def keep_credential(connection: Connection, poll: str, credential: Credential) -> None:
    """Remember it, instead of an older one for the same key."""
    connection.execute(
        text("INSERT OR REPLACE INTO credentials VALUES (:poll, :index, :ballot_key, :expires_at, :signature)"),
        {"poll": poll, **vars(credential)},
    )


def count_attempts(connection: Connection, poll: str, index: int, since: int) -> tuple[int, int]:
    """Comparisons and tries in all since a time."""
    row = connection.execute(
        text(
            "SELECT coalesce(sum(compared), 0) AS compared, count(*) AS tries FROM attempts "
            "WHERE poll = :poll AND lender = :index AND at > :since"
        ),
        {"poll": poll, "index": index, "since": since},
    ).one()
    return int(row.compared), int(row.tries)


def pull_back_attempts(connection: Connection, poll: str, index: int, now: int) -> None:
    """A lender's tries that a clock ahead of this one wrote count from now on: nobody waits longer than the hour."""
    connection.execute(
        text("UPDATE attempts SET at = :now WHERE poll = :poll AND lender = :index AND at > :now"),
        {"poll": poll, "index": index, "now": now},
    )


def begin_attempt(connection: Connection, poll: str, index: int, at: int) -> int:
    """Count a comparison before it is made; its number. Attempts older than a day are forgotten."""
    connection.execute(text("DELETE FROM attempts WHERE at < :old"), {"old": at - 86_400})
    values = {"poll": poll, "index": index, "at": at}
    done = connection.execute(text("INSERT INTO attempts (poll, lender, at, compared) VALUES (:poll, :index, :at, 1)"), values)
    return int(done.lastrowid)


def attempt_without_comparison(connection: Connection, number: int) -> None:
    """The picture could not be used: a try, but no comparison."""
    connection.execute(text("UPDATE attempts SET compared = 0 WHERE id = :number"), {"number": number})


def forget_attempt(connection: Connection, number: int) -> None:
    """We could not try: not the lender's doing."""
    connection.execute(text("DELETE FROM attempts WHERE id = :number"), {"number": number})


def keep_certificate(connection: Connection, poll: str, certificate: str) -> None:
    """Remember a deletion certificate; these are kept for good."""
    connection.execute(text("INSERT INTO certificates (poll, certificate) VALUES (:poll, :text)"), {"poll": poll, "text": certificate})


def certificates(connection: Connection, poll: str | None, most: int = 1000) -> list[str]:
    """The newest deletion certificates of one poll or of all, newest first."""
    where = "WHERE poll = :poll" if poll else ""
    rows = connection.execute(
        text(f"SELECT certificate FROM certificates {where} ORDER BY id DESC LIMIT :most"),  # noqa: S608 - both texts stand above
        {"poll": poll, "most": most},
    )
    return [str(row.certificate) for row in rows]


def keep_consent(connection: Connection, poll: str, index: int, ballot_key: str, said: dict[str, Any]) -> None:
    """Remember what a ballot key said last; `said`: said_at, version, language, text_hash, agreed_at."""
    connection.execute(
        text(
            "INSERT OR REPLACE INTO consents (poll, lender, ballot_key, said_at, standing, version, language, text_hash, agreed_at) "
            "VALUES (:poll, :index, :ballot_key, :said_at, 1, :version, :language, :text_hash, :agreed_at)"
        ),
        {"poll": poll, "index": index, "ballot_key": ballot_key, **said},
    )


def find_consent(connection: Connection, poll: str, index: int, ballot_key: str) -> dict[str, Any] | None:
    """What a ballot key said last: said_at, standing, version, language, text_hash, agreed_at."""
    row = connection.execute(
        text(
            "SELECT said_at, standing, version, language, text_hash, agreed_at FROM consents "
            "WHERE poll = :poll AND lender = :index AND ballot_key = :ballot_key"
        ),
        {"poll": poll, "index": index, "ballot_key": ballot_key},
    ).first()
    return dict(row._mapping) if row else None


def end_consent(connection: Connection, poll: str, index: int, ballot_key: str, said_at: int) -> None:
    """A ballot key agrees no more; remembered, so that an earlier word of it does not come back."""
    connection.execute(
        text(
            "INSERT INTO consents (poll, lender, ballot_key, said_at, standing, version, language, text_hash, agreed_at) "
            "VALUES (:poll, :index, :ballot_key, :said_at, 0, '', '', '', '') "
            "ON CONFLICT (poll, lender, ballot_key) DO UPDATE SET standing = 0, said_at = :said_at"
        ),
        {"poll": poll, "index": index, "ballot_key": ballot_key, "said_at": said_at},
    )


def end_consents(connection: Connection, poll: str, index: int | None) -> None:
    """No consent of a lender stands any more; those of a whole poll are deleted. The log keeps what was said."""
    if index is None:
        connection.execute(text("DELETE FROM consents WHERE poll = :poll"), {"poll": poll})
    else:
        connection.execute(text("UPDATE consents SET standing = 0 WHERE poll = :poll AND lender = :index"), {"poll": poll, "index": index})


def forget_identities(connection: Connection, poll: str) -> None:
    """Delete the digests of names and numbers of a poll."""
    connection.execute(text("DELETE FROM identities WHERE poll = :poll"), {"poll": poll})


def is_new_list(connection: Connection, digest: bytes) -> bool:
    """Remember that a list was signed; False when it was before."""
    done = connection.execute(text("INSERT OR IGNORE INTO lists VALUES (:digest)"), {"digest": digest.hex()})
    return bool(done.rowcount)


def find_credentials(connection: Connection, poll: str, pairs: Sequence[tuple[int, str]]) -> list[Credential | None]:
    """`find_credential` for many, in their order."""
    return [find_credential(connection, poll, index, key) for index, key in pairs]
