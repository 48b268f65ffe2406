"""The rules of intake and the layout of a batch, without web, tables, chain or clock (protocol §4.1, §8.2, §11)."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, TypeVar

from backend.ballots.errors import (
    ChoiceNotAllowed,
    CredentialExpired,
    IndexOutOfRange,
    IntakeOver,
    PollClosed,
    PollNotOpen,
    SequenceNotNewer,
    SequenceOutOfRange,
)

MAX_SEQUENCE = 63
MAX_BATCH = 512
HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class Choice(IntEnum):
    """What a lender may choose."""

    FOR = 1
    AGAINST = 2
    ABSTAIN = 3


class Rejection(IntEnum):
    """Why the contract rejected one ballot of a batch (protocol §8.2)."""

    CHOICE_NOT_ALLOWED = 1
    SEQUENCE_NOT_NEWER = 2
    BALLOT_NOT_SIGNED_BY_KEY = 3


@dataclass(frozen=True)
class SignedBallot:
    """One ballot with its credential, as anyone may send it; keys and signatures are 0x lower-case hex, times seconds since 1970."""

    index: int
    choice: int
    sequence: int
    ballot_key: str
    ballot_signature: str
    credential_expires_at: int
    credential_signature: str


@dataclass(frozen=True)
class Window:
    """When a poll takes ballots; seconds since 1970, by the chain's clock."""

    opens_at: int
    closes_at: int
    cutoff_seconds: int

    def is_ending(self, chain_time: int, hold_seconds: int) -> bool:
        """Whether a ballot held back now could miss the close."""
        return chain_time >= self.closes_at - self.cutoff_seconds - hold_seconds


def check_window(window: Window, chain_time: int) -> None:
    """Rule 1, and the cut-off before the close. Raises: PollNotOpen, PollClosed, IntakeOver."""
    if chain_time < window.opens_at:
        raise PollNotOpen(opens_at=window.opens_at, closes_at=window.closes_at)
    if chain_time >= window.closes_at:
        raise PollClosed(opens_at=window.opens_at, closes_at=window.closes_at)
    if chain_time >= window.closes_at - window.cutoff_seconds:
        raise IntakeOver(cutoff_seconds=window.cutoff_seconds)


def check_numbers(ballot: SignedBallot, leaf_count: int) -> None:
    """Rules 2, 3 and the range of 4. Raises: IndexOutOfRange, ChoiceNotAllowed, SequenceOutOfRange."""
    if not 0 <= ballot.index < leaf_count:
        raise IndexOutOfRange(index=ballot.index, leaf_count=leaf_count)
    if ballot.choice not in tuple(Choice):
        raise ChoiceNotAllowed(choice=ballot.choice)
    if not 1 <= ballot.sequence <= MAX_SEQUENCE:
        raise SequenceOutOfRange(sequence=ballot.sequence)


def check_newer(sequence: int, newest: int) -> None:
    """Rule 4: higher than anything receipted or recorded. Raises: SequenceNotNewer."""
    if sequence <= newest:
        raise SequenceNotNewer(sequence=sequence, newest=newest)


def check_expiry(ballot: SignedBallot, window: Window, chain_time: int) -> None:
    """Rule 6, with time left to record what is receipted now. Raises: CredentialExpired."""
    if ballot.credential_expires_at < chain_time + window.cutoff_seconds:
        raise CredentialExpired(expires_at=ballot.credential_expires_at)


def receipt_number(digest: bytes, groups: int = 3) -> str:
    """A short number for people, four characters a group from the ballot's digest, without I, L, O and U: `7KQF-2M4X-9TRA`."""
    letters = base64.b32encode(digest).decode().translate(_CROCKFORD)
    return "-".join(letters[at : at + 4] for at in range(0, groups * 4, 4))


def read_receipt_number(text: str) -> str:
    """A number as people type it: any case, spaces or dashes, O for 0, I or L for 1."""
    plain = "".join(letter for letter in text.upper() if letter.isalnum())
    plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


class BatchLeaf(Protocol):
    """What a batch needs of a leaf of the register."""

    @property
    def voting_class(self) -> int: ...
    @property
    def x(self) -> int: ...
    @property
    def y(self) -> int: ...


class HasIndex(Protocol):
    """A ballot waiting for its batch."""

    @property
    def index(self) -> int: ...
    @property
    def sequence(self) -> int: ...


Waiting = TypeVar("Waiting", bound=HasIndex)
Item = TypeVar("Item")


@dataclass(frozen=True)
class BatchInput:
    """The byte strings of castBatch (protocol §8.2); the credential list's expiry and signature come from the verifier."""

    entries: bytes
    ballots: bytes
    leaves: bytes


def build_entries(ballots: Iterable[SignedBallot]) -> bytes:
    """24 bytes a ballot: uint32 index, then the ballot key."""
    return b"".join(ballot.index.to_bytes(4, "big") + _unhex(ballot.ballot_key) for ballot in ballots)


def build_batch(ballots: Sequence[SignedBallot], leaves: Sequence[BatchLeaf]) -> BatchInput:
    """The batch of ballots strictly ascending by index, with their leaves in the same order.

    Raises: ValueError when order or lengths are wrong, which is a defect of the caller.
    """
    indexes = [ballot.index for ballot in ballots]
    if not indexes or any(b <= a for a, b in itertools.pairwise(indexes)) or len(leaves) != len(indexes):
        raise ValueError("a batch is strictly ascending by index, with one leaf a ballot")
    packed = b"".join(pack_mark(b.choice, b.sequence) + compact_signature(_unhex(b.ballot_signature)) for b in ballots)
    leaf_bytes = b"".join(bytes([leaf.voting_class]) + leaf.x.to_bytes(32, "big") + leaf.y.to_bytes(32, "big") for leaf in leaves)
    return BatchInput(build_entries(ballots), packed, leaf_bytes)


def pack_mark(choice: int, sequence: int) -> bytes:
    """One byte: sequence << 2 | choice."""
    return bytes([sequence << 2 | choice])


def compact_signature(signature: bytes) -> bytes:
    """64 bytes r, vs of a 65-byte signature (EIP-2098). Raises: ValueError for another length, v or a high s."""
    if len(signature) != 65 or signature[64] not in (27, 28):
        raise ValueError("a signature has 65 bytes and v is 27 or 28")
    s = int.from_bytes(signature[32:64], "big")
    if s > HALF_ORDER:
        raise ValueError("s is above half the order")
    return signature[:32] + (s | (signature[64] - 27) << 255).to_bytes(32, "big")


def choose_batch(waiting: Sequence[Waiting], limit: int = MAX_BATCH) -> list[Waiting]:
    """The next batch: of each lender the ballot with the lowest sequence, ascending by index, at most `limit`.

    A lender's second ballot waits for the next batch: within one batch an index stands once, and sequences must rise.
    """
    lowest: dict[int, Waiting] = {}
    for ballot in waiting:
        kept = lowest.get(ballot.index)
        if kept is None or ballot.sequence < kept.sequence:
            lowest[ballot.index] = ballot
    return [lowest[index] for index in sorted(lowest)][:limit]


def halve(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Two parts of a batch that was refused as a whole."""
    middle = len(items) // 2
    return list(items[:middle]), list(items[middle:])


def read_recorded(recorded: bytes) -> list[tuple[int, int, int]]:
    """(index, choice, sequence) of each ballot in a BallotsRecorded event, in order."""
    if len(recorded) % 5:
        raise ValueError("BallotsRecorded holds 5 bytes a ballot")
    pieces = (recorded[at : at + 5] for at in range(0, len(recorded), 5))
    return [(int.from_bytes(piece[:4], "big"), piece[4] & 3, piece[4] >> 2) for piece in pieces]


def status_after_close(sequence: int, choice: int, recorded: tuple[int, int]) -> str:
    """What became of a receipted ballot without an event of its own, given the lender's recorded (choice, sequence) (protocol §11)."""
    recorded_choice, recorded_sequence = recorded
    if recorded_sequence == sequence and recorded_choice == choice:
        return "recorded"
    return "superseded" if recorded_sequence > sequence else "missed"


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def plain_facts(ballot: SignedBallot) -> dict[str, Any]:
    """The ballot as the API takes it, for those who send it to the contract themselves."""
    return {
        "index": ballot.index,
        "choice": ballot.choice,
        "sequence": ballot.sequence,
        "ballot_key": ballot.ballot_key,
        "ballot_signature": ballot.ballot_signature,
        "credential_expires_at": ballot.credential_expires_at,
        "credential_signature": ballot.credential_signature,
    }
