"""Books of receipts and the notes by which the relay anchors their heads on the chain (protocol §11)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from verifier.tally import abi
from verifier.tally.contracts import HEADS, Event
from verifier.tally.findings import StepLog
from verifier.tally.keccak import keccak
from verifier.tally.receipts import NAME, Receipt, place_of

SUBJECT = b"receipts".ljust(32, b"\0")
NOTE = f"(address,uint64,bytes32,bool,{HEADS})"
NOTHING = bytes(32)


@dataclass(frozen=True)
class Head:
    """How far a book goes: the number of its last receipt, and that receipt's digest."""

    number: int
    digest: bytes


@dataclass
class Notes:
    """What the relay has noted of one poll: anchors by the way, and the closing note's heads (None when there is none)."""

    anchors: list[tuple[str, bytes, Head]] = field(default_factory=list)
    closed: dict[bytes, Head] | None = None


def read_notes(events: Sequence[Event], poll: bytes, closes_at: int, times: dict[int, int], log: StepLog) -> Notes:
    """The relay's notes about a poll, each after the one before; `times` are those of the blocks. Findings for what contradicts."""
    notes, number, previous = Notes(), 0, NOTHING
    for event in events:
        data = event.values[2]
        note = _note_of(data)
        if not log.holds("receipts.notes", event.place, "is no note of the protocol", bool(note), NOTE, data):
            continue
        stated_poll, stated_number, stated_previous, closed, heads = note
        if stated_poll != poll:
            continue
        number += 1
        log.equal("receipts.notes", event.place, "is out of order", (number, previous), (stated_number, stated_previous))
        previous = keccak(data)
        _take(notes, event, closed, heads, closes_at, times[event.log.block_number], log)
    return notes


def _note_of(data: bytes) -> tuple[Any, ...]:
    """What a note says, which has to be written exactly so; nothing for any other data."""
    try:
        values = abi.decode(NOTE, data)
    except abi.NotDecodable:
        return ()
    return values if abi.encode(NOTE, *values) == data else ()


def _take(notes: Notes, event: Event, closed: bool, heads: list[Any], closes_at: int, at: int, log: StepLog) -> None:
    books = [book for book, _, _ in heads]
    log.holds("receipts.notes", event.place, "books are not in ascending order", books == sorted(set(books)))
    log.holds("receipts.notes", event.place, "comes after the closing note", notes.closed is None)
    for book, number, digest in heads:
        notes.anchors.append((event.place, book, Head(number, digest)))
    if closed:
        log.holds("receipts.notes", event.place, "closes the books before the poll closed", at >= closes_at, f"{closes_at} or later", at)
        notes.closed = {book: Head(number, digest) for book, number, digest in heads}


@dataclass
class Books:
    """Follows the published list, which has to hold every book whole, in the order of the closing note."""

    notes: Notes
    log: StepLog
    ends: dict[bytes, Head] = field(default_factory=dict)
    _anchored: dict[tuple[bytes, int], list[tuple[str, bytes]]] = field(default_factory=dict)
    _current: bytes = b""

    def __post_init__(self) -> None:
        for place, book, head in self.notes.anchors:
            self._anchored.setdefault((book, head.number), []).append((place, head.digest))

    def take(self, receipt: Receipt) -> None:
        """The next receipt of the list."""
        fields, place = receipt.fields, place_of(receipt.line)
        end = self.ends.get(fields.book, Head(0, NOTHING))
        if fields.book != self._current:
            self.log.holds("receipts.chain", place, "goes back to a book or leaves its order", fields.book > self._current)
            self._current = fields.book
        follows = (fields.number, fields.previous) == (end.number + 1, end.digest)
        expected, found = (end.number + 1, end.digest.hex()), (fields.number, fields.previous.hex())
        self.log.holds("receipts.chain", place, "does not follow the receipt before it in its book", follows, expected, found)
        self.ends[fields.book] = Head(fields.number, receipt.digest)
        for note, digest in self._anchored.pop((fields.book, fields.number), []):
            self.log.equal("receipts.chain", place, f"is not the receipt that was anchored by {note}", digest, receipt.digest)

    def close(self) -> None:
        """The end of the list: every book ends where the relay closed it, and nothing that was anchored is gone."""
        for (book, number), notes in self._anchored.items():
            if number:
                self.log.wrong("receipts.short", NAME, f"lacks receipt {number} of book 0x{book.hex()}, anchored by {notes[0][0]}")
        if self.notes.closed is None:
            self.log.wrong("receipts.unanchored", "notes of the relay", "the relay has not closed its books on the chain", "a closing note")
            return
        for book, head in self.notes.closed.items():
            end = self.ends.get(book, Head(0, NOTHING))
            if end.number > head.number:
                self.log.wrong("receipts.chain", NAME, f"book 0x{book.hex()} goes on after its close", head.number, end.number)
        for book in self.ends.keys() - self.notes.closed.keys():
            self.log.wrong("receipts.notes", NAME, f"book 0x{book.hex()} is not in the closing note")
