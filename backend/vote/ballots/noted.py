"""What the relay has noted on the chain of a poll's books, as a recount reads it (protocol §11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.notes import NOTHING, Head, NoteNotReadable, ReceiptNote, read_note
from backend.ground.common.hashing import keccak


@dataclass
class Noted:
    """The relay's notes about one poll: how many, the last one's hash and block, how far each book was noted, whether one closed them."""

    count: int = 0
    last: bytes = NOTHING
    block: int | None = None
    heads: dict[bytes, Head] = field(default_factory=dict)
    closed: bool = False

    def note(self, poll: str, ends: Iterable[Head], *, closed: bool) -> ReceiptNote:
        """The note that follows: while the poll runs the books that went on, at its close all of them.

        A book that was noted further than it goes here is named as it was noted: receipts of it were lost, and are not denied.
        """
        books = {head.book: head for head in ends}
        if closed:
            furthest = self.heads | {book: max(head, self.heads.get(book, head), key=_number) for book, head in books.items()}
            heads = list(furthest.values())
        else:
            heads = self.gone_on(books.values())
        return ReceiptNote(poll, self.count + 1, self.last, closed, tuple(sorted(heads, key=lambda head: head.book)))

    def gone_on(self, ends: Iterable[Head]) -> list[Head]:
        """The books that go further than was noted."""
        return [head for head in ends if head.book not in self.heads or head.number > self.heads[head.book].number]

    def lost(self, ends: Iterable[Head]) -> list[Head]:
        """The books that were noted further than they go here, as they were noted: their last receipts are gone from the database."""
        here = {head.book: head.number for head in ends}
        return [head for head in self.heads.values() if here.get(head.book, 0) < head.number]


def read_noted(events: Iterable[ContractEvent], poll: str) -> Noted:
    """The notes about one poll among all that the relay left on its case, oldest first."""
    noted = Noted()
    for event in events:
        data = bytes(event.args["data"])
        try:
            found = read_note(data)
        except NoteNotReadable:
            continue
        if found.poll != poll.lower():
            continue
        noted.count += 1
        noted.last, noted.block = keccak(data), event.block
        for head in found.heads:
            noted.heads[head.book] = max(head, noted.heads.get(head.book, head), key=_number)
        noted.closed = noted.closed or found.closed
    return noted


def _number(head: Head) -> int:
    return head.number
