"""Anchors the relay's books on the chain: how far each goes, again and again while receipts are given, and once for all at the close.

Nothing of it is remembered here. Which note comes next follows from those on the chain, its text from the receipts in the database, and
the chain room sends one transaction under one key: a note is not doubled, whatever is killed and whichever backend goes on.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from backend.ground.chain import typed_data
from backend.ground.chain.notes import RECEIPTS, Head
from backend.ground.chain.service import Chain
from backend.ground.chain.values import TransactionStatus
from backend.ground.common.clock import Clock, to_unix
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.rounds import Rounds
from backend.ground.common.settings import Settings
from backend.ground.db.sessions import Sessions
from backend.vote.ballots import store
from backend.vote.ballots.errors import BooksNotClosedYet, ClosingNoteMissing
from backend.vote.ballots.noted import Noted, read_noted
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView

log = logging.getLogger(__name__)

TICK_SECONDS = 2.0
LOOK_AGAIN_SECONDS = 30
"""After how long a poll whose books have not gone on is looked at again."""
ROUND_SECONDS = 60
LATE_SECONDS = 300
"""How far behind its time a note may be before somebody has to look."""
CLOSE_SECONDS = 30


@dataclass(frozen=True)
class _Look:
    """When a poll was looked at (chain time), and what is wrong with its books in words for the runbook."""

    at: int
    fault: str = ""


class Anchors:
    """One per installation sends; every process knows what is late."""

    def __init__(self, sessions: Sessions, chain: Chain, polls: PollService, settings: Settings, clock: Clock) -> None:
        self._sessions = sessions
        self._chain = chain
        self._polls = polls
        self._settings = settings
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._noted: dict[str, tuple[tuple[int, int], Noted]] = {}
        self._closed: set[str] = set()
        self._whole: set[str] = set()
        self._looks: dict[str, _Look] = {}
        self._heights: dict[str, int] = {}
        self._followed: set[str] = set()
        self._round_at: float | None = None

    def rounds(self) -> Rounds:
        """Sending of what is due; whoever asks how it goes is told from now on when no round comes to its end."""
        self._round_at = time.monotonic()
        return Rounds(name="anchors", work=self.run_once, every_seconds=TICK_SECONDS, first_seconds=TICK_SECONDS)

    def run_once(self) -> None:
        """Send every note that is due. Raises: NodeNotAnswering."""
        with self._one_at_a_time, self._sessions.alone("receipt notes") as mine:
            now = self._chain.chain_time()
            for poll in self._polls.receipted_polls():
                if poll.id not in self._closed and poll.parameters.opens_at <= now:
                    self._try(poll, now, may_send=mine)
        self._round_at = time.monotonic()

    def _try(self, poll: PollView, now: int, *, may_send: bool) -> None:
        """One poll whose books cannot be looked after must not hold up the others."""
        try:
            self._keep(poll, now, may_send=may_send)
        except LenderVoteError as error:
            log.warning("the books of poll %s wait for the next round: %s", poll.id, error)

    def faults(self) -> list[str]:
        """What is wrong with the books, in words for the runbook."""
        found = [f"receipts: {look.fault}" for look in list(self._looks.values()) if look.fault]
        if self._round_at is not None and time.monotonic() - self._round_at > ROUND_SECONDS:
            found.append("receipts: anchoring stands still")
        return found

    def is_closed(self, poll: PollView) -> bool:
        """Whether the closing note stands on the chain."""
        return poll.id in self._closed or self._read(poll).closed

    def is_short(self, poll: PollView) -> bool:
        """Whether receipts that were anchored are gone from the database, and not put back yet."""
        if poll.protocol == 1 or poll.id in self._whole:
            return False
        short = bool(self._read(poll).lost(self._ends(poll)))
        if not short and self.is_closed(poll):
            self._whole.add(poll.id)
        return short

    def close(self, poll: PollView, timeout_seconds: float = CLOSE_SECONDS) -> None:
        """Wait for the closing note of a poll that is over.

        Raises: ClosingNoteMissing when another key than ours would have to send it, BooksNotClosedYet, NodeNotAnswering.
        """
        if not self.is_closed(poll) and not self._polls.signs_receipts(poll):
            raise ClosingNoteMissing
        pause = threading.Event()  # never set
        for _ in range(int(timeout_seconds * 4)):
            if self.is_closed(poll):
                return
            self.run_once()
            self._chain.pump()
            pause.wait(0.0 if self.is_closed(poll) else 0.25)
        if not self.is_closed(poll):
            raise BooksNotClosedYet

    # --- one poll ------------------------------------------------------------------------------------------------------------------

    def _keep(self, poll: PollView, now: int, *, may_send: bool) -> None:
        noted = self._read(poll)
        if noted.closed:
            self._closed.add(poll.id)
            self._looks.pop(poll.id, None)
            return
        closing = now >= poll.parameters.closes_at
        if not closing and not self._is_due(poll, noted, now):
            return
        if closing:
            self._shut(poll)
        ends = self._ends(poll)
        fault = self._fault(poll, noted, ends, now)
        if may_send and (closing or noted.gone_on(ends)):
            if not self._is_known_whole(poll):
                return  # looked at again in the next round
            self._send(poll, noted, ends, closing=closing)
        self._looks[poll.id] = _Look(now, fault)

    def _is_due(self, poll: PollView, noted: Noted, now: int) -> bool:
        look = self._looks.get(poll.id)
        if look is not None and not look.fault and look.at <= now < look.at + LOOK_AGAIN_SECONDS:
            return False
        return now >= self._due_at(poll, noted)

    def _due_at(self, poll: PollView, noted: Noted) -> int:
        """The first note comes with the first receipt, each further one in its time."""
        if noted.block is None:
            return poll.parameters.opens_at
        return self._chain.block(noted.block).timestamp + self._settings.anchor_seconds

    def _fault(self, poll: PollView, noted: Noted, ends: Sequence[Head], now: int) -> str:
        lost = noted.lost(ends)
        if lost:
            books = ", ".join(f"0x{head.book.hex()[:8]} to {head.number}" for head in lost)
            return f"poll {poll.id} has lost receipts that were anchored ({books}): replay the journal"
        if now >= poll.parameters.closes_at:
            late = now - poll.parameters.closes_at
            return f"the books of poll {poll.id} are not closed on the chain {late} s after the close" if late > LATE_SECONDS else ""
        oldest = self._oldest_waiting(poll, noted)
        late = to_unix(self._clock.now()) - oldest - self._settings.anchor_seconds if oldest is not None else 0
        return f"receipts of poll {poll.id} wait for their anchor since {late} s too long" if late > LATE_SECONDS else ""

    def _oldest_waiting(self, poll: PollView, noted: Noted) -> int | None:
        """When the oldest receipt that no note covers was given, by the clock that stamped it."""
        with self._sessions.reading() as session:
            found = store.oldest_behind(session, poll.id, {book: head.number for book, head in noted.heads.items()})
        return None if found is None else to_unix(found)

    def _shut(self, poll: PollView) -> None:
        """From here on no process writes a receipt, so that the closing note names all there will ever be."""
        with self._sessions.reading() as session:
            if store.closed_polls(session, [poll.id]):
                return
        with self._sessions.writing_apart("ballots") as session:
            store.close_books(session, poll.id, self._clock.now())

    def _ends(self, poll: PollView) -> list[Head]:
        """How far each book goes in the database."""
        with self._sessions.reading() as session:
            rows = store.ends_of_books(session, poll.id)
        return [self._head(poll, row) for row in rows]

    def _head(self, poll: PollView, row: store.BallotRow) -> Head:
        assert row.book is not None, "only receipts in books have ends"
        assert row.book_number is not None, "a place has all three"
        assert row.previous is not None, "a place has all three"
        word = row.digest, row.ballot_key, row.lender_index, row.sequence, to_unix(row.received_at)
        place = row.book, row.book_number, row.previous
        typed = typed_data.ballot_receipt(self._chain.chain_id, poll.address, *word, *place)
        return Head(row.book, row.book_number, typed.digest())

    # --- the chain -----------------------------------------------------------------------------------------------------------------

    def _read(self, poll: PollView) -> Noted:
        """The notes as far as they are mirrored; read again only when there are others."""
        if poll.case_address not in self._followed:
            self._chain.follow(poll.case_address)
            self._followed.add(poll.case_address)
        record, sender = self._chain.record, poll.parameters.receipt_signer
        mark = record.notes_mark(poll.case_address, sender)
        known = self._noted.get(poll.id)
        if known is None or known[0] != mark:
            known = self._noted[poll.id] = (mark, read_noted(record.notes(poll.case_address, sender), poll.address))
        return known[1]

    def _is_known_whole(self, poll: PollView) -> bool:
        """Whether every note of ours is mirrored or in the outbox, also those that a database restored from before knows nothing of."""
        height = self._heights.get(poll.id)
        if height is None:
            if self._chain.record.has_strange_transactions():
                log.warning("the node has transactions of ours that this database does not know; no note is sent before they are in blocks")
                return False
            height = self._heights[poll.id] = self._chain.block().number
        return self._chain.record.mirrored_to(poll.case_address) > height

    def _send(self, poll: PollView, noted: Noted, ends: Sequence[Head], *, closing: bool) -> None:
        note = noted.note(poll.address, ends, closed=closing)
        call = self._chain.case(poll.case_address).note(RECEIPTS, note.encode())
        for attempt in itertools.count():
            key = f"note/{poll.id}/{note.number}" + (f"/{attempt}" if attempt else "")
            known = self._chain.record.find(key)
            if known is None:
                self._chain.send(call, key)
                log.info("note %d of poll %s names %d books%s", note.number, poll.id, len(note.heads), ", closed" if closing else "")
                break
            if known.status != TransactionStatus.REVERTED:
                break  # on its way, or in a block that is not mirrored yet
        self._heights.pop(poll.id, None)
