"""Lies about the secret and the counting of the box."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from eth_abi.abi import encode

from scripts.tampers.forge.abi import call
from scripts.tampers.forge.sealed import ForgedSealedVote
from scripts.tampers.lies.kinds import at, byte, data_of, instead, moved, no_logs, removed, twice
from scripts.tampers.lies.sealed_kinds import SealedChange, lie
from tests.contracts.ballot_box import N
from tests.contracts.sealed_world import EMPTY_BOX, RECORD_BYTES, folded

SECRET, COUNTING = "the secret", "counting"
PIECE = 4  # ballots


def _secret(change: Callable[[int], int]) -> SealedChange:
    """Another number is handed in, and said so."""
    return instead("unseal", lambda _, original, number, time: original(change(number), time))


def _piece(act: str, change: Callable[[ForgedSealedVote, bytes, bytes], tuple[bytes, bytes]]) -> SealedChange:
    """Another piece in the call of a counting."""

    def after(vote: ForgedSealedVote) -> None:
        number = int(act.split()[1])
        ends = [len(vote.records)]
        for size in vote.sizes:
            ends.append(max(0, ends[-1] - size))
        start, end = ends[number + 1], ends[number]
        before, piece = folded(EMPTY_BOX, vote.records[:start]), b"".join(vote.records[start:end])
        vote.acts[act].sendings[0].data = call("count", ["bytes32", "bytes"], change(vote, before, piece))

    return after


def _said(act: str, change: Callable[[ForgedSealedVote, bytes], bytes]) -> SealedChange:
    """Other bytes in the event of a counting."""

    def after(vote: ForgedSealedVote) -> None:
        def other(data: bytes) -> bytes:
            length = int.from_bytes(data[32:64], "big")
            return encode(["bytes"], [change(vote, data[64 : 64 + length])])

        data_of(act, 0, other)(vote)

    return after


def _neighbours(vote: ForgedSealedVote, before: bytes, piece: bytes) -> tuple[bytes, bytes]:
    """Two ballots have exchanged what is sealed."""
    del vote
    first, second = piece[:RECORD_BYTES], piece[RECORD_BYTES : 2 * RECORD_BYTES]
    return before, first[:70] + second[70:] + second[:70] + first[70:] + piece[2 * RECORD_BYTES :]


def _shorter(_: Any, before: bytes, piece: bytes) -> tuple[bytes, bytes]:
    return before, piece[RECORD_BYTES:]


def _cut(_: Any, before: bytes, piece: bytes) -> tuple[bytes, bytes]:
    return before, piece[:-1]


def _reversed(_: Any, before: bytes, piece: bytes) -> tuple[bytes, bytes]:
    records = [piece[i : i + RECORD_BYTES] for i in range(0, len(piece), RECORD_BYTES)]
    return before, b"".join(reversed(records))


def _again(vote: ForgedSealedVote) -> None:
    """A piece that was counted is counted once more."""
    end = len(vote.records)
    vote.count_piece("once more", end - vote.sizes[0], end, vote.closes_at + 12)


def _leaving_first(vote: ForgedSealedVote, _: Callable[[], None]) -> None:
    """The last records of the box are left aside."""
    end = len(vote.records) - 1
    vote.count_piece("count 0", 0, end, vote.closes_at + 6)


def _counted_again(vote: ForgedSealedVote, original: Callable[[], None]) -> None:
    original()
    _again(vote)


def _overtaken_by_one(vote: ForgedSealedVote, _: Callable[[], None], *, all_named: bool = False) -> None:
    """A stranger counts the last ballot alone just before each piece, which still has it at its end."""
    at = vote.closes_at + 6
    for left in range(len(vote.records), 0, -PIECE):
        start = max(0, left - PIECE)
        vote.count_piece(f"stranger before {left}", left - 1, left, at)
        if start < left - 1:
            said = vote.counted(start, left) if all_named else None
            vote.count_piece(f"count to {left}", start, left - 1, at + 1, said, behind=vote.records[left - 1 : left])
        at += 2


OVERTAKEN = instead("count_box", _overtaken_by_one)


def _behind_another(vote: ForgedSealedVote, before: bytes, piece: bytes) -> tuple[bytes, bytes]:
    """What was counted before stands in front of the piece."""
    return before, vote.records[-1] + piece


def _early(vote: ForgedSealedVote) -> int:
    return vote.closes_at - 1


def _grown(vote: ForgedSealedVote, counted: bytes) -> bytes:
    """The ballot that was replaced is named."""
    del vote
    return counted + (1).to_bytes(4, "big") + bytes([1 << 2 | 1])


LIES = (
    lie(SECRET, "another number", "count.secret", _secret(lambda one: one + 1)),
    lie(SECRET, "beyond the order", "count.secret", _secret(lambda one: one + N if one + N < 2**256 else 2**256 - 1)),
    lie(SECRET, "zero", "count.secret", _secret(lambda _: 0)),
    lie(SECRET, "handed in before the close", "count.secret", after=at("unseal", _early)),  # type: ignore[arg-type]
    lie(SECRET, "handed in without an event", "count.secret", after=no_logs("unseal")),
    lie(SECRET, "handed in twice", "count.secret", after=twice("unseal")),
    lie(SECRET, "the event says another one", "count.secret", after=data_of("unseal", 0, byte(31))),
    lie(SECRET, "that no block shows", "count.secret", after=removed("unseal")),
    lie(SECRET, "handed in after the first counting", "count.secret", after=moved("unseal", behind="count 0")),
    lie(COUNTING, "the first piece is missing", "count.box", after=removed("count 0")),
    lie(COUNTING, "a middle piece is missing", "count.box", after=removed("count 1")),
    lie(COUNTING, "the last piece is missing", "count.box", after=removed("count 2")),
    lie(COUNTING, "pieces in another order", "count.box", after=moved("count 0", behind="count 1")),
    lie(COUNTING, "a piece twice", "count.box", instead("count_box", _counted_again)),
    lie(COUNTING, "not from the end", "count.box", instead("count_box", _leaving_first)),
    lie(COUNTING, "neighbours' ballots exchanged", "count.box", after=_piece("count 1", _neighbours)),
    lie(COUNTING, "a ballot left out", "count.box", after=_piece("count 1", _shorter)),
    lie(COUNTING, "a byte left out", "count.box", after=_piece("count 0", _cut)),
    lie(COUNTING, "ballots in another order", "count.box", after=_piece("count 2", _reversed)),
    lie(COUNTING, "another number before", "count.box", after=_piece("count 1", lambda _, __, piece: (b"\x44" * 32, piece))),
    lie(COUNTING, "a counted ballot before a piece", "count.box", after=_piece("count 1", _behind_another)),
    lie(COUNTING, "what stands behind a piece is named", "count.opened", instead("count_box", partial(_overtaken_by_one, all_named=True))),
    lie(COUNTING, "an empty piece", "count.box", after=_piece("count 1", lambda _, before, __: (before, b""))),
    lie(
        COUNTING, "a choice said otherwise", "count.opened", after=_said("count 0", lambda _, one: one[:4] + bytes([one[4] ^ 3]) + one[5:])
    ),
    lie(
        COUNTING,
        "a good ballot said to be invalid",
        "count.opened",
        after=_said("count 0", lambda _, one: one[:4] + bytes([one[4] & 252]) + one[5:]),
    ),
    lie(COUNTING, "a lender not named", "count.opened", after=_said("count 1", lambda _, one: one[5:])),
    lie(COUNTING, "a replaced ballot named", "count.opened", after=_said("count 2", _grown)),
    lie(COUNTING, "another lender named", "count.opened", after=_said("count 1", lambda _, one: bytes([1]) + one[1:])),
    lie(
        COUNTING,
        "a choice of the third motion said otherwise",
        "count.opened",
        motions=3,
        after=_said("count 0", lambda _, one: one[:8] + bytes([one[8] ^ 0x30]) + one[9:]),
    ),
)
