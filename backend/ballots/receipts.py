"""Receipts, and the book in which they are written: many in one transaction, so that a crowd costs as many disk writes as a few do."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.ballots import rules, store
from backend.ballots.errors import SequenceNotNewer
from backend.ballots.journal import Journal
from backend.ballots.rules import SignedBallot
from backend.common.hashing import keccak
from backend.db.sessions import Sessions

AT_ONCE = 128
"""Ballots in one transaction; the database's variables for one query allow some hundreds."""


@dataclass(frozen=True)
class Receipt:
    """The relay's signed word that it has a ballot (protocol §11), and where the ballot stands."""

    number: str
    poll_id: str
    ballot_digest: bytes
    ballot_key: str
    index: int
    sequence: int
    received_at: datetime
    signature: str
    status: str
    reason: int
    tx_hash: str | None
    block: int | None
    is_new: bool = False


@dataclass(eq=False)
class Entry:
    """A ballot that passed every rule but that of sequences, with its signed receipt, to be written."""

    poll_id: str
    ballot: SignedBallot
    digest: bytes
    received_at: datetime
    signature: str
    recorded_sequence: int
    """The lender's newest on chain."""
    receipt: Receipt | None = field(default=None, init=False)
    error: Exception | None = field(default=None, init=False)

    @property
    def is_done(self) -> bool:
        """Whether it was written or refused."""
        return self.receipt is not None or self.error is not None


class ReceiptBook:
    """Whoever comes first writes for all who wait; nobody's receipt is given before its transaction is on disk."""

    def __init__(self, sessions: Sessions, journal: Journal) -> None:
        self._sessions = sessions
        self._journal = journal
        self._arrival = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[Entry] = []

    def write(self, entry: Entry) -> Receipt:
        """Store ballot and receipt; for a ballot known before, its first receipt. Raises: SequenceNotNewer."""
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
        """The receipt that this very ballot was given before, if it was."""
        with self._sessions.reading() as session:
            row = store.find_digest(session, poll_id, digest)
            return receipt_of(row) if row is not None and row.ballot_key == ballot.ballot_key else None

    def _write_group(self, group: Sequence[Entry]) -> None:
        try:
            found = self._write_together(group)
        except IntegrityError as error:
            # Another process wrote one of them in the same moment: each for itself then.
            for entry in group:
                if len(group) > 1:
                    self._write_group([entry])
                else:
                    self._settle_collision(entry, error)
        except Exception as error:  # whatever it is, it is everybody's answer, and the next group goes on
            for entry in group:
                entry.error = error
        else:
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

    def _write_together(self, group: Sequence[Entry]) -> list[Receipt | Exception]:
        """One transaction. The answers, in order."""
        with self._sessions.writing_apart("ballots") as session:
            page = _Page(session, group)
            found = [page.take(entry) for entry in group]
            store.add_ballots(session, page.new_rows)
        self._journal.append(page.new_rows)
        return found


class _Page:
    """What the database holds about a group of ballots, kept true as they are taken one after the other."""

    def __init__(self, session: Session, group: Sequence[Entry]) -> None:
        self.new_rows: list[dict[str, object]] = []
        self._known: dict[tuple[str, bytes], Receipt] = {}
        self._newest: dict[tuple[str, int], int] = {}
        self._taken: set[str] = set()
        self._session = session
        for poll_id in {entry.poll_id for entry in group}:
            own = [entry for entry in group if entry.poll_id == poll_id]
            for row in store.in_the_way(session, poll_id, {entry.ballot.index for entry in own}, [_number(entry) for entry in own]):
                self._taken.add(row.number)
                self._known[row.poll_id, row.digest] = receipt_of(row)
                place = (row.poll_id, row.lender_index)
                self._newest[place] = max(row.sequence, self._newest.get(place, 0))

    def take(self, entry: Entry) -> Receipt | Exception:
        """The receipt of one ballot, or why there is none."""
        ballot, place = entry.ballot, (entry.poll_id, entry.ballot.index)
        known = self._known.get((entry.poll_id, entry.digest))
        if known is not None and known.ballot_key == ballot.ballot_key:
            return known
        try:
            rules.check_newer(ballot.sequence, max(entry.recorded_sequence, self._newest.get(place, 0)))
        except SequenceNotNewer as error:
            return error
        number = self._free_number(entry)
        self._taken.add(number)
        self._newest[place] = ballot.sequence
        self.new_rows.append(_row(entry, number))
        receipt = _receipt(entry, number, is_new=True)
        self._known[entry.poll_id, entry.digest] = _receipt(entry, number, is_new=False)
        return receipt

    def _free_number(self, entry: Entry) -> str:
        first = _number(entry)
        if first not in self._taken:
            return first
        for groups in range(4, 9):
            number = _number(entry, groups)
            if number not in self._taken and not store.find_numbers(self._session, [number]):
                return number
        raise AssertionError("two ballots share 160 bits of a hash")


def receipt_of(row: store.BallotRow | Row[Any]) -> Receipt:
    """The receipt that stands in a row, and where its ballot stands."""
    return Receipt(
        row.number,
        row.poll_id,
        row.digest,
        row.ballot_key,
        row.lender_index,
        row.sequence,
        row.received_at,
        row.receipt_signature,
        row.status,
        row.reason,
        row.tx_hash,
        row.block,
    )


def receipts_of(rows: Iterable[store.BallotRow]) -> list[Receipt]:
    """`receipt_of` for several."""
    return [receipt_of(row) for row in rows]


def _number(entry: Entry, groups: int = 3) -> str:
    # The key is in it, so that numbers cannot be computed from index and choice before a ballot is public.
    return rules.receipt_number(keccak(entry.digest + bytes.fromhex(entry.ballot.ballot_key[2:])), groups)


def _receipt(entry: Entry, number: str, *, is_new: bool) -> Receipt:
    ballot = entry.ballot
    return Receipt(
        number,
        entry.poll_id,
        entry.digest,
        ballot.ballot_key,
        ballot.index,
        ballot.sequence,
        entry.received_at,
        entry.signature,
        store.SUBMITTED,
        0,
        None,
        None,
        is_new,
    )


def _row(entry: Entry, number: str) -> dict[str, object]:
    ballot = entry.ballot
    return {
        "poll_id": entry.poll_id,
        "lender_index": ballot.index,
        "choice": ballot.choice,
        "sequence": ballot.sequence,
        "ballot_key": ballot.ballot_key,
        "ballot_signature": ballot.ballot_signature,
        "credential_expires_at": ballot.credential_expires_at,
        "credential_signature": ballot.credential_signature,
        "digest": entry.digest,
        "number": number,
        "received_at": entry.received_at,
        "receipt_signature": entry.signature,
        "status": store.SUBMITTED,
        "reason": 0,
    }
