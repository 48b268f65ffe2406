"""The book of receipts: a crowd in one transaction, each with an answer of its own, and nobody with a receipt for what is not stored."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import SQLAlchemyError

from backend.ground.chain import signatures, typed_data
from backend.ground.chain.notes import NOTHING
from backend.ground.chain.typed_data import TypedData
from backend.ground.common.clock import to_unix
from backend.ground.common.hashing import keccak
from backend.ground.db.base import Base
from backend.ground.db.sessions import Sessions, open_engine, open_sessions
from backend.vote.ballots import receipts, rules, store
from backend.vote.ballots.books import Place
from backend.vote.ballots.errors import PollClosed, SequenceNotNewer
from backend.vote.ballots.journal import Journal
from backend.vote.ballots.receipts import Entry, Receipt, ReceiptBook, receipt_of
from backend.vote.ballots.rules import SignedBallot, Window
from tests.backend.vote.ballots.places import place_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
POLL = "0x" + "aa" * 20
RELAY_KEY = keccak(b"relay of these tests")


@pytest.fixture
def sessions(tmp_path: Path, database_url: Callable[[Path], str]) -> Sessions:
    engine = open_engine(database_url(tmp_path / "book.sqlite3"))
    Base.metadata.create_all(engine)
    return open_sessions(engine)


@pytest.fixture
def book(sessions: Sessions, tmp_path: Path) -> ReceiptBook:
    return ReceiptBook(sessions, Journal(tmp_path / "journal"), signed)


def signed(typed: TypedData) -> str:
    return "0x" + signatures.sign(RELAY_KEY, typed.digest()).hex()


def entry(index: int, sequence: int = 1, choice: int = 1, key: str = "", recorded: int = 0, *, in_book: bool = True) -> Entry:
    key = key or "0x" + f"{index:040x}"
    ballot = SignedBallot(index, choice, sequence, key, "0x" + "11" * 65, 2**40, "0x" + "22" * 65)
    digest = keccak(b"%d %d %d" % (index, sequence, choice))
    word = digest, key, index, sequence, to_unix(NOW)

    def typed(place: Place | None) -> TypedData:
        if place is None:
            return typed_data.ballot_receipt_1(1, POLL, *word)
        return typed_data.ballot_receipt(1, POLL, *word, place.book, place.number, place.previous)

    return Entry("poll", Window(0, 2_000_000_000, 30), ballot, digest, NOW, recorded, in_book, typed)


class Arrivals(list[Entry]):
    """The list of those who wait, with word of everyone who joins it."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = threading.Semaphore(0)

    def append(self, one: Entry) -> None:
        super().append(one)
        self.joined.release()


def write_together(book: ReceiptBook, entries: list[Entry]) -> list[Receipt | Exception]:
    """All wait until the last has come, as a crowd does while a transaction is being written."""

    def write(one: Entry) -> Receipt | Exception:
        try:
            return book.write(one)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(entries)) as pool:
        with book._turn:
            book._waiting = arrivals = Arrivals()
            futures = []
            for one in entries:
                futures.append(pool.submit(write, one))
                assert arrivals.joined.acquire(timeout=30), "in the order of the entries"
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
        blind.setattr(store, "ballots_of_lenders", lambda *_: [])
        answers = write_together(book, [entry(1), entry(1, choice=2), entry(4), entry(5)])
    assert isinstance(answers[0], Receipt)
    assert answers[0].number == same.number
    assert isinstance(answers[1], SequenceNotNewer)
    assert isinstance(answers[2], Receipt)
    assert isinstance(answers[3], Receipt)
    assert stored(sessions) == 3
    assert books_of(sessions) == {place_of(same).book: 1, place_of(answers[2]).book: 2}, "after a write in doubt another book is begun"


def test_a_number_that_is_taken_is_drawn_again(book: ReceiptBook, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter(["SAME", "SAME", "SAME", "OTHER"])
    monkeypatch.setattr(rules, "receipt_number", lambda _: next(draws))
    assert [book.write(entry(index)).number for index in (1, 2)] == ["SAME", "OTHER"]


def test_receipts_stand_one_after_the_other_in_one_book(book: ReceiptBook, sessions: Sessions) -> None:
    found = [*write_together(book, [entry(index) for index in range(9)]), book.write(entry(9))]
    by_number = sorted((answer for answer in found if isinstance(answer, Receipt)), key=lambda receipt: place_of(receipt).number)
    assert [place_of(receipt).number for receipt in by_number] == list(range(1, 11))
    previous = NOTHING
    for receipt in by_number:
        assert place_of(receipt).previous == previous
        previous = digest_of(receipt)
        assert signatures.recover(previous, bytes.fromhex(receipt.signature[2:])) == signatures.address_of(RELAY_KEY)
    assert books_of(sessions) == {place_of(by_number[0]).book: 10}


def test_polls_of_protocol_1_have_no_books(book: ReceiptBook, sessions: Sessions) -> None:
    receipt = book.write(entry(1, in_book=False))
    assert receipt.place is None
    word = receipt.ballot_digest, receipt.ballot_key, receipt.index, receipt.sequence, to_unix(NOW)
    digest = typed_data.ballot_receipt_1(1, POLL, *word).digest()
    assert signatures.recover(digest, bytes.fromhex(receipt.signature[2:])) == signatures.address_of(RELAY_KEY)
    assert books_of(sessions) == {}


def test_when_the_books_are_closed_no_process_writes_on(book: ReceiptBook, sessions: Sessions) -> None:
    first = book.write(entry(1))
    with sessions.writing_apart("ballots") as session:
        store.close_books(session, "poll", NOW)
        store.close_books(session, "poll", NOW)
    for late in (entry(2), entry(1, 2)):
        with pytest.raises(PollClosed):
            book.write(late)
    assert book.write(entry(1)).number == first.number, "what was receipted stays receipted"
    assert stored(sessions) == 1


def test_a_journal_that_cannot_be_written_gives_nobody_a_receipt_until_it_can(
    book: ReceiptBook, sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = book.write(entry(1))
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("the disk is full")))
        with pytest.raises(OSError, match="full"):
            book.write(entry(2))
        with pytest.raises(OSError, match="full"):
            book.known("poll", entry(2).ballot, entry(2).digest)
    again = book.write(entry(2))
    assert not again.is_new
    assert place_of(book.write(entry(3))).book not in {place_of(first).book, place_of(again).book}
    journal = "".join(path.read_text() for path in (tmp_path / "journal").iterdir())
    assert again.number in journal


def test_what_the_first_release_wrote_into_its_journal_comes_back(sessions: Sessions, tmp_path: Path) -> None:
    line = {
        "poll_id": "poll", "lender_index": 3, "choice": 1, "sequence": 1, "ballot_key": "0x" + "11" * 20,
        "ballot_signature": "0x" + "11" * 65, "credential_expires_at": 5, "credential_signature": "0x" + "22" * 65,
        "digest": "33" * 32, "number": "7KQF-2M4X-9TRA", "received_at": NOW.isoformat(),
        "receipt_signature": "0x" + "44" * 65, "status": "submitted", "reason": 0,
    }  # fmt: skip
    journal = Journal(tmp_path / "journal")
    book = ReceiptBook(sessions, journal, signed)
    book.write(entry(1))
    (file,) = (tmp_path / "journal").iterdir()
    file.write_text(json.dumps(line) + "\n" + file.read_text())
    with sessions.begin() as session:
        session.query(store.BallotRow).delete()
    assert journal.replay(sessions) == 2
    with sessions.reading() as session:
        rows = {row.lender_index: receipt_of(row) for row in session.scalars(select(store.BallotRow))}
    assert rows[3].place is None
    assert (place_of(rows[1]).number, place_of(rows[1]).previous) == (1, NOTHING)


def digest_of(receipt: Receipt) -> bytes:
    word = receipt.ballot_digest, receipt.ballot_key, receipt.index, receipt.sequence, to_unix(receipt.received_at)
    place = place_of(receipt)
    return typed_data.ballot_receipt(1, POLL, *word, place.book, place.number, place.previous).digest()


def books_of(sessions: Sessions) -> dict[bytes, int]:
    """How far each book goes, after looking that none has a gap or a fork."""
    with sessions.reading() as session:
        rows = [receipt_of(row) for row in session.scalars(select(store.BallotRow)) if row.book is not None]
    books: dict[bytes, list[Receipt]] = {}
    for row in sorted(rows, key=lambda one: place_of(one).number):
        books.setdefault(place_of(row).book, []).append(row)
    for own in books.values():
        assert [place_of(row).number for row in own] == list(range(1, len(own) + 1))
        assert [place_of(row).previous for row in own] == [NOTHING, *(digest_of(row) for row in own[:-1])]
    return {book: len(own) for book, own in books.items()}
