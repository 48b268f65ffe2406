"""Books of receipts under random interleavings of processes, failed and doubtful writes, restarts and restored databases: never a fork."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.ground.db.base import Base
from backend.ground.db.sessions import Sessions, open_engine, open_sessions
from backend.vote.ballots import store
from backend.vote.ballots.journal import Journal
from backend.vote.ballots.receipts import Receipt, ReceiptBook, receipt_of
from tests.backend.vote.ballots.places import place_of
from tests.backend.vote.ballots.test_receipts import books_of, entry, signed

PROCESSES = 2
GOOD, LOST, DOUBTFUL, UNJOURNALED = "good", "lost", "doubtful", "unjournaled"


class Broken(Exception):
    """The write failed, or the answer to it did."""


class Flaky:
    """Sessions whose next write can be lost, or be kept without anybody hearing of it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.next = GOOD

    @contextmanager
    def writing_apart(self, place: str) -> Iterator[Session]:
        outcome, self.next = self.next, GOOD
        with self._sessions.writing_apart(place) as session:
            yield session
            if outcome == LOST:
                raise Broken
        if outcome == DOUBTFUL:
            raise Broken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sessions, name)


class FullDisk(Journal):
    """A journal whose next line may not fit."""

    is_full = False

    def append(self, rows: Any) -> None:
        if rows and self.is_full:
            self.is_full = False
            raise OSError("the disk is full")
        super().append(rows)


class Process:
    """A backend on the shared database, with a journal of its own."""

    def __init__(self, sessions: Sessions, folder: Path) -> None:
        self.sessions, self.journal = Flaky(sessions), FullDisk(folder)
        self.book = ReceiptBook(self.sessions, self.journal, signed)  # type: ignore[arg-type]

    def write(self, index: int, sequence: int, outcome: str) -> Receipt | None:
        self.sessions.next = outcome if outcome != UNJOURNALED else GOOD
        self.journal.is_full = outcome == UNJOURNALED
        try:
            return self.book.write(entry(index, sequence))
        except (Broken, OSError):
            return None
        finally:
            self.sessions.next, self.journal.is_full = GOOD, False


WRITES = st.tuples(st.just("write"), st.integers(0, PROCESSES - 1), st.sampled_from([GOOD, GOOD, GOOD, LOST, DOUBTFUL, UNJOURNALED]))
RESTARTS = st.tuples(st.just("restart"), st.integers(0, PROCESSES - 1), st.just(""))
AGAIN = st.tuples(st.just("again"), st.integers(0, PROCESSES - 1), st.just(""))
STEPS = st.lists(st.one_of(WRITES, WRITES, AGAIN, RESTARTS), max_size=25)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, database_url: Callable[[Path], str]) -> Sessions:
    engine = open_engine(database_url(tmp_path_factory.mktemp("books") / "books.sqlite3"))
    Base.metadata.create_all(engine)
    return open_sessions(engine)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_fails_no_book_has_a_gap_or_a_fork_and_no_told_receipt_is_lost(
    shared: Sessions, steps: list[tuple[str, int, str]]
) -> None:
    folder = Path(tempfile.mkdtemp())
    with shared.begin() as session:
        session.execute(delete(store.BallotRow))
    processes = [Process(shared, folder / str(number)) for number in range(PROCESSES)]
    indexes, told, unanswered = itertools.count(), dict[tuple[bytes, int], Receipt](), list[int]()
    for kind, number, outcome in steps:
        if kind == "restart":
            processes[number] = Process(shared, folder / str(number))
            continue
        index = unanswered.pop() if kind == "again" and unanswered else next(indexes)
        receipt = processes[number].write(index, 1, outcome or GOOD)
        if receipt is None:
            unanswered.append(index)
            continue
        place = (place_of(receipt).book, place_of(receipt).number)
        assert told.get(place, receipt).signature == receipt.signature, "two receipts under one number"
        told[place] = receipt
    whole = books_of(shared)  # looks for gaps and forks
    assert sum(whole.values()) >= len(told)
    check_journals(shared, folder, told)
    shutil.rmtree(folder)


def check_journals(shared: Sessions, folder: Path, told: dict[tuple[bytes, int], Receipt]) -> None:
    """A database that lost everything comes back from the journals with every receipt that was told, in books that hold together."""
    with shared.begin() as session:
        session.execute(delete(store.BallotRow))
    for number in range(PROCESSES):
        Journal(folder / str(number)).replay(shared)
    with shared.reading() as session:
        back = {(row.book, row.book_number): receipt_of(row) for row in session.scalars(select(store.BallotRow))}
    assert {place: receipt.signature for place, receipt in told.items()}.items() <= {
        place: receipt.signature for place, receipt in back.items()
    }.items()
    books_of(shared)


def test_two_processes_never_write_in_one_book(shared: Sessions, tmp_path: Path) -> None:
    with shared.begin() as session:
        session.execute(delete(store.BallotRow))
    first, second = (Process(shared, tmp_path / name) for name in ("one", "two"))
    for index in range(0, 20, 2):
        assert first.write(index, 1, GOOD)
        assert second.write(index + 1, 1, GOOD)
    assert sorted(books_of(shared).values()) == [10, 10]


def test_a_book_ends_with_a_write_in_doubt(shared: Sessions, tmp_path: Path) -> None:
    with shared.begin() as session:
        session.execute(delete(store.BallotRow))
    process = Process(shared, tmp_path)
    before = process.write(1, 1, GOOD)
    assert process.write(2, 1, DOUBTFUL) is None
    after = process.write(3, 1, GOOD)
    again = process.write(2, 1, GOOD)
    assert before is not None
    assert after is not None
    assert again is not None
    assert place_of(again).book == place_of(before).book != place_of(after).book
    assert sorted(books_of(shared).values()) == [1, 2]
