"""Receipts: signed, numbered and written many in one transaction, so that a crowd costs as many disk writes as a few do."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.ground.chain.typed_data import TypedData
from backend.ground.common.voting import SealedChoices
from backend.ground.db.sessions import Sessions
from backend.vote.ballots import rules, store
from backend.vote.ballots.books import Books, Place, Writing
from backend.vote.ballots.errors import PollClosed, SequenceNotNewer
from backend.vote.ballots.journal import Journal
from backend.vote.ballots.rules import BallotStatus, SignedBallot, Window

AT_ONCE = 128
"""Ballots in one transaction; the database's variables for one query allow some hundreds."""


@dataclass(frozen=True)
class Receipt:
    """The relay's signed word that it has a ballot (protocol §11), and where the ballot stands; `place` is None in polls of protocol 1."""

    number: str
    poll_id: str
    ballot_digest: bytes
    ballot_key: str
    index: int
    sequence: int
    received_at: datetime
    place: Place | None
    signature: str
    status: str
    reason: int
    tx_hash: str | None
    block: int | None
    by_another_key: bool = False
    """Superseded by a ballot that another key signed; the lender should hear of it."""
    is_new: bool = False
    sealed: SealedChoices | None = None
    """In a sealed poll what the digest is of beside index and sequence; the relay does not sign it."""


@dataclass(eq=False)
class Entry:
    """A ballot that passed every rule but that of sequences, to be receipted and written."""

    poll_id: str
    window: Window
    ballot: SignedBallot
    digest: bytes
    received_at: datetime
    recorded_sequence: int
    """The lender's newest on chain."""
    in_book: bool
    """False in polls of protocol 1."""
    typed: Callable[[Place | None], TypedData]
    """What the relay signs for a place."""
    receipt: Receipt | None = field(default=None, init=False)
    error: Exception | None = field(default=None, init=False)

    @property
    def is_done(self) -> bool:
        """Whether it was written or refused."""
        return self.receipt is not None or self.error is not None


class ReceiptBook:
    """The first thread writes for everyone waiting (group commit). No receipt is given before it is on disk and in the journal."""

    def __init__(self, sessions: Sessions, journal: Journal, sign: Callable[[TypedData], str]) -> None:
        self._sessions = sessions
        self._journal = journal
        self._sign = sign
        self._books = Books()
        self._arrival = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[Entry] = []

    def write(self, entry: Entry) -> Receipt:
        """Store ballot and receipt; for a ballot known before, its first receipt. Raises: SequenceNotNewer, PollClosed."""
        with self._arrival:
            self._waiting.append(entry)
        with self._turn:
            while not entry.is_done:
                with self._arrival:
                    group, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                self._write_group(group)
        if entry.error is not None:
            raise entry.error
        assert entry.receipt is not None
        return entry.receipt

    def known(self, poll_id: str, ballot: SignedBallot, digest: bytes) -> Receipt | None:
        """The receipt that this very ballot was given before, if it was. Raises: OSError when the journal cannot take it."""
        with self._sessions.reading() as session:
            row = store.find_digest(session, poll_id, digest)
            if row is None or row.ballot_key != ballot.ballot_key:
                return None
        # The process that wrote it may have died before its copy was on disk.
        self._journal.keep([store.values_of(row)])
        return receipt_of(row)

    def _write_group(self, group: Sequence[Entry]) -> None:
        writing = self._books.begin()
        try:
            found = self._write_together(group, writing)
        except IntegrityError as error:
            self._books.abandon(writing)
            # Another process wrote one of them in the same moment: each for itself then.
            for entry in group:
                if len(group) > 1:
                    self._write_group([entry])
                else:
                    self._settle_collision(entry, error)
        except Exception as error:  # whatever it is, it is everybody's answer, and the next group goes on
            self._books.abandon(writing)
            for entry in group:
                entry.error = error
        else:
            self._books.keep(writing)
            # Told only now, after the commit.
            for entry, answer in zip(group, found, strict=True):
                if isinstance(answer, Receipt):
                    entry.receipt = answer
                else:
                    entry.error = answer

    def _settle_collision(self, entry: Entry, error: IntegrityError) -> None:
        entry.receipt = self.known(entry.poll_id, entry.ballot, entry.digest)
        if entry.receipt is None:
            entry.error = SequenceNotNewer(sequence=entry.ballot.sequence, newest=entry.ballot.sequence)
            entry.error.__cause__ = error

    def _write_together(self, group: Sequence[Entry], writing: Writing) -> list[Receipt | Exception]:
        """One transaction. The answers, in order."""
        with self._sessions.writing_apart("ballots") as session:
            page = _Page(session, group, writing, self._sign)
            found = [page.take(entry) for entry in group]
            store.add_ballots(session, page.new_rows)
        self._journal.append(page.new_rows)
        self._journal.keep(page.known_rows)
        return found


class _Page:
    """What the database holds about a group of ballots, kept true as they are taken one after the other."""

    def __init__(self, session: Session, group: Sequence[Entry], writing: Writing, sign: Callable[[TypedData], str]) -> None:
        self.new_rows: list[dict[str, object]] = []
        self.known_rows: list[dict[str, object]] = []
        self._writing = writing
        self._sign = sign
        self._known: dict[tuple[str, bytes], tuple[Receipt, dict[str, object]]] = {}
        self._newest: dict[tuple[str, int], int] = {}
        self._session = session
        polls = {entry.poll_id for entry in group}
        self._closed = store.closed_polls(session, polls)
        for poll_id in polls:
            for row in store.ballots_of_lenders(session, poll_id, {entry.ballot.index for entry in group if entry.poll_id == poll_id}):
                self._known[row.poll_id, row.digest] = receipt_of(row), store.values_of(row)
                place = (row.poll_id, row.lender_index)
                self._newest[place] = max(row.sequence, self._newest.get(place, 0))
        self._numbers = _free_numbers(session, len(group))

    def take(self, entry: Entry) -> Receipt | Exception:
        """The receipt of one ballot, or why there is none."""
        ballot, lender = entry.ballot, (entry.poll_id, entry.ballot.index)
        known = self._known.get((entry.poll_id, entry.digest))
        if known is not None and known[0].ballot_key == ballot.ballot_key:
            self.known_rows.append(known[1])
            return known[0]
        if entry.poll_id in self._closed:
            return PollClosed(opens_at=entry.window.opens_at, closes_at=entry.window.closes_at)
        try:
            rules.check_newer(ballot.sequence, max(entry.recorded_sequence, self._newest.get(lender, 0)))
        except SequenceNotNewer as error:
            return error
        self._newest[lender] = ballot.sequence
        receipt = self._receipt(entry)
        row = _row(entry, receipt)
        self.new_rows.append(row)
        self._known[entry.poll_id, entry.digest] = replace(receipt, is_new=False), row
        return receipt

    def _receipt(self, entry: Entry) -> Receipt:
        """Number and sign; in the book the digest of this one is what the next one names."""
        place = self._writing.place(entry.poll_id) if entry.in_book else None
        typed = entry.typed(place)
        if place is not None:
            self._writing.fill(entry.poll_id, place, typed.digest())
        ballot = entry.ballot
        return Receipt(
            number=self._numbers.pop(),
            poll_id=entry.poll_id,
            ballot_digest=entry.digest,
            ballot_key=ballot.ballot_key,
            index=ballot.index,
            sequence=ballot.sequence,
            received_at=entry.received_at,
            place=place,
            signature=self._sign(typed),
            status=BallotStatus.SUBMITTED,
            reason=0,
            tx_hash=None,
            block=None,
            is_new=True,
            sealed=ballot.sealed,
        )


def _free_numbers(session: Session, count: int) -> list[str]:
    """So many numbers that no receipt has; of 60 random bits hardly one is ever taken."""
    while True:
        drawn = {rules.receipt_number(secrets.token_bytes(8)) for _ in range(count)}
        if len(drawn) == count and not store.find_numbers(session, drawn):
            return list(drawn)


def receipt_of(row: store.BallotRow | Row[Any]) -> Receipt:
    """The receipt that is in a row, and where its ballot stands."""
    return Receipt(
        number=row.number,
        poll_id=row.poll_id,
        ballot_digest=row.digest,
        ballot_key=row.ballot_key,
        index=row.lender_index,
        sequence=row.sequence,
        received_at=row.received_at,
        place=_place(row),
        signature=row.receipt_signature,
        status=row.status,
        reason=row.reason,
        tx_hash=row.tx_hash,
        block=row.block,
        sealed=None if row.seal is None or row.sealed_choice is None else SealedChoices(row.seal, row.sealed_choice),
    )


def _place(row: store.BallotRow | Row[Any]) -> Place | None:
    if row.book is None or row.book_number is None or row.previous is None:
        return None
    return Place(row.book, row.book_number, row.previous)


def receipts_of(rows: Iterable[store.BallotRow]) -> list[Receipt]:
    """`receipt_of` for several."""
    return [receipt_of(row) for row in rows]


def _row(entry: Entry, receipt: Receipt) -> dict[str, object]:
    ballot, place = entry.ballot, receipt.place
    return {
        "poll_id": entry.poll_id,
        "lender_index": ballot.index,
        "choice": ballot.choice,
        "seal": None if ballot.sealed is None else ballot.sealed.seal,
        "sealed_choice": None if ballot.sealed is None else ballot.sealed.sealed_choice,
        "sequence": ballot.sequence,
        "ballot_key": ballot.ballot_key,
        "ballot_signature": ballot.ballot_signature,
        "credential_expires_at": ballot.credential_expires_at,
        "credential_signature": ballot.credential_signature,
        "digest": entry.digest,
        "number": receipt.number,
        "received_at": entry.received_at,
        "receipt_signature": receipt.signature,
        "status": BallotStatus.SUBMITTED,
        "reason": 0,
        "book": None if place is None else place.book,
        "book_number": None if place is None else place.number,
        "previous": None if place is None else place.previous,
    }
