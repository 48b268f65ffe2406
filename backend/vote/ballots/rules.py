"""The rules of intake and of what goes into a batch, without web, tables, chain or clock (protocol §8.2, §11)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol, TypeVar

from backend.ground.common.voting import Choice, PollKind, SealedChoices
from backend.vote.ballots.errors import (
    BallotOfAnotherKind,
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
MAX_BATCH_GAS = 14_000_000
"""Below the 2^24 that EIP-7825 allows one transaction."""
FIRST_BALLOTS_GAS = 160_000
"""For each class: its first ballots write heads and the sums of three choices, seven words that were 0."""
MAX_BATCH_BYTES = 120_000
"""Below the 128 KiB that nodes take in one transaction."""
_BYTES_A_BALLOT = {PollKind.OPEN: 24 + 65 + 65, PollKind.SEALED: 24 + 105 + 65}
NUMBER_GROUPS = 3
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class BallotStatus(StrEnum):
    """Where a receipted ballot stands. Nothing excuses the relay but what the lender's own key signed (protocol §11)."""

    SUBMITTED = "submitted"
    """Receipted; in no batch, or in one that was not sent yet."""
    SENT = "sent"
    RECORDED = "recorded"
    """In a block."""
    CONFIRMED = "confirmed"
    """In a final block."""
    SUPERSEDED = "superseded"
    """Another ballot of the same lender with a sequence at least as high is recorded."""
    MISSED = "missed"
    """Neither: the relay owes it."""


ON_CHAIN = (BallotStatus.RECORDED, BallotStatus.CONFIRMED)
WAITING = (BallotStatus.SUBMITTED, BallotStatus.SENT)


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
    sealed: SealedChoices | None = None
    """In a sealed poll, where `choice` is 0."""


@dataclass(frozen=True)
class Window:
    """When a poll takes ballots; seconds since 1970, by the chain's clock."""

    opens_at: int
    closes_at: int
    cutoff_seconds: int

    def is_ending(self, latest_time: int, hold_seconds: int) -> bool:
        """Whether a ballot held back now could miss the close."""
        return latest_time >= self.closes_at - self.cutoff_seconds - hold_seconds


@dataclass(frozen=True)
class Moment:
    """What time it is for the contract, in seconds since 1970: the next block is stamped no earlier than `block_time` (the newest block's
    own) and, as far as can be told, no earlier than `latest_time` (with what has passed since it was seen)."""

    block_time: int
    latest_time: int


def check_window(window: Window, moment: Moment) -> None:
    """Rule 1, and the cut-off before the close; in favour of receipts that are kept, the poll opens by the earlier time and closes by the
    later one. Raises: PollNotOpen, PollClosed, IntakeOver."""
    if moment.latest_time >= window.closes_at:
        raise PollClosed(opens_at=window.opens_at, closes_at=window.closes_at)
    if moment.block_time < window.opens_at:
        raise PollNotOpen(opens_at=window.opens_at, closes_at=window.closes_at)
    if moment.latest_time >= window.closes_at - window.cutoff_seconds:
        raise IntakeOver(cutoff_seconds=window.cutoff_seconds)


def check_numbers(ballot: SignedBallot, leaf_count: int, kind: PollKind = PollKind.OPEN) -> None:
    """Rules 2, 3 and the range of 4; a sealed poll takes seals only, an open one none. Raises: IndexOutOfRange, ChoiceNotAllowed,
    SequenceOutOfRange, BallotOfAnotherKind."""
    if not 0 <= ballot.index < leaf_count:
        raise IndexOutOfRange(index=ballot.index, leaf_count=leaf_count)
    if (ballot.sealed is not None) != (kind is PollKind.SEALED) or (kind is PollKind.SEALED and ballot.choice):
        raise BallotOfAnotherKind(kind=kind)
    if kind is PollKind.OPEN and ballot.choice not in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN):
        raise ChoiceNotAllowed(choice=ballot.choice)
    if not 1 <= ballot.sequence <= MAX_SEQUENCE:
        raise SequenceOutOfRange(sequence=ballot.sequence)


def check_newer(sequence: int, newest: int) -> None:
    """Rule 4: higher than anything receipted or recorded. Raises: SequenceNotNewer."""
    if sequence <= newest:
        raise SequenceNotNewer(sequence=sequence, newest=newest)


def check_expiry(ballot: SignedBallot, window: Window, latest_time: int) -> None:
    """Rule 6, with time left to record what is receipted now. Raises: CredentialExpired."""
    if ballot.credential_expires_at < latest_time + window.cutoff_seconds:
        raise CredentialExpired(expires_at=ballot.credential_expires_at)


def receipt_number(chance: bytes) -> str:
    """A short number for people out of 8 random bytes or more, without I, L, O and U: `7KQF-2M4X-9TRA`.

    By chance alone: from a number that follows from the ballot, whoever reads the chain could work back to index and choice.
    """
    letters = base64.b32encode(chance[:8]).decode().translate(_CROCKFORD)[: 4 * NUMBER_GROUPS]
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read_receipt_number(text: str) -> str:
    """A number as people type it: any case, spaces or dashes, O for 0, I or L for 1."""
    plain = "".join(letter for letter in text.upper() if letter.isalnum())
    plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


class HasIndex(Protocol):
    """A ballot waiting for its batch."""

    @property
    def index(self) -> int: ...
    @property
    def sequence(self) -> int: ...


Waiting = TypeVar("Waiting", bound=HasIndex)
Item = TypeVar("Item")


def choose_batch(waiting: Sequence[Waiting], leaf_count: int, limit: int = MAX_BATCH, kind: PollKind = PollKind.OPEN) -> list[Waiting]:
    """The next batch: of each lender the ballot with the lowest sequence, ascending by index, at most `limit`, within the gas and, in a
    sealed poll, the bytes allowed.

    A lender's second ballot waits for the next batch: within one batch an index stands once, and sequences must rise.
    """
    lowest: dict[int, Waiting] = {}
    for ballot in waiting:
        kept = lowest.get(ballot.index)
        if kept is None or ballot.sequence < kept.sequence:
            lowest[ballot.index] = ballot
    chosen = [lowest[index] for index in sorted(lowest)][:limit]
    # A sealed ballot has 40 bytes more. Batches of an open poll stay as they are: their gas is out of bounds first.
    bound_bytes = kind is PollKind.SEALED

    def is_too_large() -> bool:
        return gas_bound(chosen, leaf_count) > MAX_BATCH_GAS or (bound_bytes and byte_bound(chosen, leaf_count, kind) > MAX_BATCH_BYTES)

    while len(chosen) > 1 and is_too_large():
        chosen = chosen[: max(1, len(chosen) * 3 // 4)]
    return chosen


def byte_bound(ballots: Sequence[HasIndex], leaf_count: int, kind: PollKind) -> int:
    """The bytes of calldata that a batch of these ballots takes, with every sibling of its multiproof (protocol §4.1)."""
    return 1_000 + len(ballots) * _BYTES_A_BALLOT[kind] + 32 * _siblings({ballot.index for ballot in ballots}, leaf_count)


def _siblings(indexes: set[int], leaf_count: int) -> int:
    """How many siblings prove these leaves together, at most."""
    nodes, count = indexes, 0
    for _ in range((leaf_count - 1).bit_length()):
        count += sum(node ^ 1 not in nodes for node in nodes)
        nodes = {node >> 1 for node in nodes}
    return count


def gas_bound(ballots: Sequence[HasIndex], leaf_count: int) -> int:
    """About the most gas that a batch of these ballots takes; scattered lenders cost several times what neighbours cost.

    A storage word holds 128 choices, or 32 sequences above 1; the multiproof needs at most depth - log2(count) siblings a ballot.
    """
    depth = max(8, (leaf_count - 1).bit_length())
    words = len({ballot.index >> 7 for ballot in ballots}) + len({ballot.index >> 5 for ballot in ballots if ballot.sequence > 1})
    siblings = len(ballots) * max(1, depth - (len(ballots).bit_length() - 1))
    return 200_000 + len(ballots) * 10_500 + words * 23_000 + siblings * 1_300


def halve(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Two parts of a batch that was refused as a whole."""
    middle = len(items) // 2
    return list(items[:middle]), list(items[middle:])


def status_after_close(sequence: int, recorded_sequence: int, *, is_recorded: bool) -> BallotStatus:
    """What became of a receipted ballot, given the sequence of the lender's newest on the chain and whether that is this very ballot.

    A ballot of the same sequence by another key is another ballot (protocol §11).
    """
    if is_recorded:
        return BallotStatus.RECORDED
    return BallotStatus.SUPERSEDED if recorded_sequence >= sequence else BallotStatus.MISSED
