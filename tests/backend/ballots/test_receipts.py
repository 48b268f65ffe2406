"""The book of receipts: a crowd in one transaction, each with an answer of its own, and nobody with a receipt for what is not stored."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import SQLAlchemyError

from backend.ballots import receipts, store
from backend.ballots.errors import SequenceNotNewer
from backend.ballots.journal import Journal
from backend.ballots.receipts import Entry, Receipt, ReceiptBook
from backend.ballots.rules import SignedBallot
from backend.common.hashing import keccak
from backend.db.base import Base
from backend.db.sessions import Sessions, open_engine, open_sessions

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def sessions(tmp_path: Path, database_url: Callable[[Path], str]) -> Sessions:
    engine = open_engine(database_url(tmp_path / "book.sqlite3"))
    Base.metadata.create_all(engine)
    return open_sessions(engine)


@pytest.fixture
def book(sessions: Sessions, tmp_path: Path) -> ReceiptBook:
    return ReceiptBook(sessions, Journal(tmp_path / "journal"))


def entry(index: int, sequence: int = 1, choice: int = 1, key: str = "", recorded: int = 0) -> Entry:
    key = key or "0x" + f"{index:040x}"
    ballot = SignedBallot(index, choice, sequence, key, "0x" + "11" * 65, 2**40, "0x" + "22" * 65)
    return Entry("poll", ballot, keccak(b"%d %d %d" % (index, sequence, choice)), NOW, "0x" + "33" * 65, recorded)


def write_together(book: ReceiptBook, entries: list[Entry]) -> list[Receipt | Exception]:
    """All wait until the last has come, as a crowd does while a transaction is being written."""

    def write(one: Entry) -> Receipt | Exception:
        try:
            return book.write(one)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(entries)) as pool:
        with book._turn:
            futures = []
            for at, one in enumerate(entries, start=1):
                futures.append(pool.submit(write, one))
                while len(book._waiting) < at:
                    pass
        return [future.result() for future in futures]


def stored(sessions: Sessions) -> int:
    with sessions.reading() as session:
        return int(session.scalar(select(func.count()).select_from(store.BallotRow)) or 0)


def test_a_crowd_is_one_transaction(book: ReceiptBook, sessions: Sessions) -> None:
    commits: list[object] = []
    event.listen(sessions.kw["bind"], "commit", commits.append)
    answers = write_together(book, [entry(index) for index in range(60)])
    assert len(commits) == 1
    assert all(isinstance(answer, Receipt) and answer.is_new for answer in answers)
    assert len({answer.number for answer in answers if isinstance(answer, Receipt)}) == stored(sessions) == 60


def test_in_one_crowd_each_gets_its_own_answer(book: ReceiptBook, sessions: Sessions) -> None:
    stranger = "0x" + "ab" * 20
    crowd = [entry(1), entry(1), entry(1, choice=2), entry(1, key=stranger), entry(2, 3), entry(2, 2), entry(2, 4), entry(3, recorded=1)]
    first, again, changed, stolen, third, second, fourth, late = write_together(book, crowd)
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert (first.is_new, again.is_new, first.number) == (True, False, again.number)
    assert isinstance(third, Receipt)
    assert isinstance(fourth, Receipt)
    assert all(isinstance(refused, SequenceNotNewer) for refused in (changed, stolen, second, late))
    assert stored(sessions) == 3


def test_more_than_fit_one_transaction_are_all_written(book: ReceiptBook, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "AT_ONCE", 7)
    answers = write_together(book, [entry(index) for index in range(30)])
    assert all(isinstance(answer, Receipt) for answer in answers)
    assert stored(sessions) == 30


def test_a_failed_commit_gives_nobody_a_receipt_and_the_next_crowd_goes_on(book: ReceiptBook, sessions: Sessions) -> None:
    def fail(_: object) -> None:
        raise SQLAlchemyError("the disk is full")

    event.listen(sessions.kw["bind"], "commit", fail)
    answers = write_together(book, [entry(index) for index in range(5)])
    event.remove(sessions.kw["bind"], "commit", fail)
    assert all(isinstance(answer, SQLAlchemyError) for answer in answers)
    assert stored(sessions) == 0
    assert isinstance(book.write(entry(1)), Receipt)


def test_what_another_process_wrote_meanwhile_spoils_nobody_elses_ballot(
    book: ReceiptBook, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = book.write(entry(1))
    with monkeypatch.context() as blind:  # as if it were written between this transaction's look and its insert
        blind.setattr(store, "in_the_way", lambda *_: [])
        answers = write_together(book, [entry(1), entry(1, choice=2), entry(4), entry(5)])
    assert isinstance(answers[0], Receipt)
    assert answers[0].number == same.number
    assert isinstance(answers[1], SequenceNotNewer)
    assert isinstance(answers[2], Receipt)
    assert isinstance(answers[3], Receipt)
    assert stored(sessions) == 3


def test_a_number_that_is_taken_gets_longer(book: ReceiptBook, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts.rules, "receipt_number", lambda name, groups: "SAME" if groups == 3 else f"{name.hex()[:8]}-{groups}")
    answers = [*write_together(book, [entry(index) for index in range(3)]), book.write(entry(9))]
    numbers = [answer.number for answer in answers if isinstance(answer, Receipt)]
    assert len(set(numbers)) == 4
    assert numbers[0] == "SAME"
