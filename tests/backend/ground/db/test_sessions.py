"""Readers wait for nobody and change nothing; writers take turns."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from backend.ground.db.sessions import Sessions, open_engine, open_sessions
from tests import databases

METADATA = MetaData()
NUMBERS = Table("numbers", METADATA, Column("number", Integer, primary_key=True))


@pytest.fixture
def sessions(tmp_path: Path, database_url: Callable[[Path], str]) -> Sessions:
    engine = open_engine(database_url(tmp_path / "sessions.sqlite3"))
    METADATA.create_all(engine)
    return open_sessions(engine)


def count(sessions: Sessions) -> int:
    with sessions.reading() as session:
        return int(session.scalar(select(func.count()).select_from(NUMBERS)) or 0)


def test_a_reader_does_not_wait_for_a_writer_and_sees_only_what_is_done(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(insert(NUMBERS).values(number=1))
        assert count(sessions) == 0
    assert count(sessions) == 1


def test_a_reader_can_write_nothing_and_the_next_writer_can(sessions: Sessions) -> None:
    for _ in range(3):
        with pytest.raises(DBAPIError, match=r"(?i)read-?only"), sessions.reading() as session:
            session.execute(insert(NUMBERS).values(number=7))
    with sessions.begin() as session:
        session.execute(insert(NUMBERS).values(number=7))
    assert count(sessions) == 1


def test_what_a_writer_read_still_holds_when_it_writes(sessions: Sessions) -> None:
    def add_next() -> None:
        for _ in range(10):
            with sessions.begin() as session:
                highest = session.scalar(select(func.max(NUMBERS.c.number))) or 0
                session.execute(insert(NUMBERS).values(number=highest + 1))

    threads = [threading.Thread(target=add_next) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert count(sessions) == 80


def test_ballots_do_not_wait_for_a_long_import(sessions: Sessions) -> None:
    if databases.current() == databases.SQLITE:
        pytest.skip("SQLite knows one writer only; run with LENDERVOTE_TEST_DATABASES=postgresql")
    with sessions.begin() as long_import:
        long_import.execute(insert(NUMBERS).values(number=1))
        with sessions.writing_apart("ballots") as session:
            session.execute(insert(NUMBERS).values(number=2))
        assert count(sessions) == 1
    assert count(sessions) == 2


def test_one_of_several_backends_does_a_job(sessions: Sessions) -> None:
    if databases.current() == databases.SQLITE:
        pytest.skip("SQLite serves one backend; run with LENDERVOTE_TEST_DATABASES=postgresql")
    other = open_sessions(open_engine(str(sessions.kw["bind"].url.render_as_string(hide_password=False))))
    with sessions.alone("relay") as first, other.alone("relay") as second, other.alone("outbox") as elsewhere:
        assert (first, second, elsewhere) == (True, False, True)
        with other.begin() as session:
            session.execute(insert(NUMBERS).values(number=1))
    with pytest.raises(RuntimeError), sessions.alone("relay"):
        raise RuntimeError
    with other.alone("relay") as free_again:
        assert free_again
