"""Notes of the relay on a case (protocol §8.3, §11): how far its books of receipts go."""

from __future__ import annotations

from dataclasses import dataclass

from eth_abi.exceptions import DecodingError

from backend.ground.chain.codec import decode, encode
from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.hashing import keccak

RECEIPTS = b"receipts".ljust(32, b"\0")
_TYPES = ("address", "uint64", "bytes32", "bool", "(bytes32,uint64,bytes32)[]")
NOTHING = bytes(32)


class NoteNotReadable(ValueError):
    """Data of a note that is not about receipts as the protocol has it."""


@dataclass(frozen=True)
class Head:
    """How far a book goes: the number of its last receipt, and that receipt's EIP-712 digest."""

    book: bytes
    number: int
    digest: bytes


@dataclass(frozen=True)
class ReceiptNote:
    """One note about a poll's books; `number` counts from 1, `previous` is the hash of the note before, `heads` ascend by book."""

    poll: str
    number: int
    previous: bytes
    closed: bool
    heads: tuple[Head, ...]

    def encode(self) -> bytes:
        """The data as it goes to the chain."""
        heads = [(head.book, head.number, head.digest) for head in self.heads]
        return encode(_TYPES, [address_bytes(self.poll), self.number, self.previous, self.closed, heads])

    @property
    def hash(self) -> bytes:
        """What the next note names as the one before it."""
        return keccak(self.encode())


def read_note(data: bytes) -> ReceiptNote:
    """A note's data. Raises: NoteNotReadable, also for another writing of the same words: its hash would be another."""
    try:
        poll, number, previous, closed, heads = decode(_TYPES, data)
    except (DecodingError, OverflowError) as error:
        raise NoteNotReadable from error
    note = ReceiptNote(str(poll).lower(), number, previous, closed, tuple(Head(*head) for head in heads))
    if note.encode() != data:
        raise NoteNotReadable
    return note
