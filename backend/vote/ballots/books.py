"""The relay's books: receipts numbered and chained, one book for each process and poll (protocol §11).

A book goes on only while this process knows its end. Whatever leaves that in doubt (a write that may or may not have reached the disk,
a restart) ends it, and the next receipt begins another: so no two receipts can ever stand under one number.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from backend.ground.chain.notes import NOTHING, Head


@dataclass(frozen=True)
class Place:
    """Where a receipt stands: its book, its number there from 1, and the digest of the receipt before it (zero for the first)."""

    book: bytes
    number: int
    previous: bytes


@dataclass
class Writing:
    """Receipts of one transaction, numbered on from where the books stand; nothing of it counts until `Books.keep`."""

    _open: dict[str, Head]
    heads: dict[str, Head] = field(default_factory=dict)

    def place(self, poll_id: str) -> Place:
        """The next free place in the poll's book; a new book when none is open."""
        head = self.heads.get(poll_id) or self._open.get(poll_id) or Head(secrets.token_bytes(32), 0, NOTHING)
        self.heads[poll_id] = head
        return Place(head.book, head.number + 1, head.digest)

    def fill(self, poll_id: str, place: Place, digest: bytes) -> None:
        """The receipt with this EIP-712 digest stands at the place."""
        self.heads[poll_id] = Head(place.book, place.number, digest)


class Books:
    """The books that this process may go on with; whoever uses it does so one at a time."""

    def __init__(self) -> None:
        self._open: dict[str, Head] = {}

    def begin(self) -> Writing:
        """Number receipts for one transaction."""
        return Writing(self._open)

    def keep(self, writing: Writing) -> None:
        """The transaction is on disk for certain, with the copy in the journal."""
        self._open.update(writing.heads)

    def abandon(self, writing: Writing) -> None:
        """What became of the transaction is not known for certain: its books end here."""
        for poll_id in writing.heads:
            self._open.pop(poll_id, None)
