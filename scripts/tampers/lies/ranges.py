"""Lies about range proofs: registers whose totals are right and whose leaves are not, and files that prove nothing (protocol §4.2).

The frozen hash is that of the file, unless the lie is about that: officials signed what they did not check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scripts.tampers.forge.chain import CHAIN_ID
from scripts.tampers.forge.vote import CHOICES, ForgedVote
from scripts.tampers.lies.kinds import Change, Lie, both, byte, bytes_of_file, file_gone, setting
from tests.contracts.ballot_box import Lender, N, Register, make_register
from tests.contracts.ranged import context_of, opened, proofs_file, proved

KIND = "ranges"
SHIFTED_NAME = "a shifted register: an absent lender owes, a friend has more"
HEADER = FIRST = 44
"""The header's length, which is where the proof of leaves 0 to 7 begins."""
HONEST = make_register(12)
Proofs = Callable[[ForgedVote, bytes], bytes]


def proving(made: Proofs) -> Change:
    """Another file is made, signed for and published."""

    def change(vote: ForgedVote) -> None:
        vote.prover = made

    return change


def changed(at: int, content: bytes) -> Change:
    """Bytes of the file before it is hashed."""

    def made(vote: ForgedVote, context: bytes) -> bytes:
        file = proofs_file(context, vote.register.lenders)
        return file[:at] + content + file[at + len(content) :]

    return proving(made)


def whole(to: Callable[[bytes], bytes]) -> Change:
    """The file before it is hashed."""
    return proving(lambda vote, context: to(proofs_file(context, vote.register.lenders)))


def _under(other: Callable[[ForgedVote], bytes]) -> Change:
    """Right proofs of something else, below this register's header."""

    def made(vote: ForgedVote, context: bytes) -> bytes:
        lenders = vote.register.lenders
        return proofs_file(context, lenders)[:HEADER] + proofs_file(other(vote), lenders)[HEADER:]

    return proving(made)


def _other_order(vote: ForgedVote, context: bytes) -> bytes:
    """Two leaves are proved in each other's place."""
    lenders = list(vote.register.lenders)
    lenders[8], lenders[9] = lenders[9], lenders[8]
    return proofs_file(context, lenders)


def _later_start(vote: ForgedVote, context: bytes) -> bytes:
    """The second chunk is proved as though it began elsewhere."""
    mine = tuple(opened(one) for one in vote.register.lenders[8:12])
    return proofs_file(context, vote.register.lenders, lambda number, proof: proved(context, 12, mine) if number else proof)


def _one_less(vote: ForgedVote, context: bytes) -> bytes:
    """The proof of a chunk covers all leaves but one: of that, it proves another commitment."""
    lenders = [*vote.register.lenders[:11], replace(vote.register.lenders[11], blind=77)]
    return proofs_file(context, lenders)


def leaves(amounts: dict[int, int]) -> Change:
    """Some leaves hold other amounts, and the totals are those of an honest register: of each class the sum is the same."""

    def change(vote: ForgedVote) -> None:
        lenders = list(vote.register.lenders)
        for index, amount in amounts.items():
            lenders[index] = replace(lenders[index], amount_fen=amount % N)
        vote.register, vote.totals = Register(lenders), HONEST.classes

    return change


def _both(one: int, other: int, moved: int) -> dict[int, int]:
    """Amounts of two leaves of one class, moved from one to the other."""
    first, second = HONEST.lenders[one], HONEST.lenders[other]
    assert first.voting_class == second.voting_class
    return {one: first.amount_fen - moved, other: second.amount_fen + moved}


def _owed(index: int) -> int:
    lender: Lender = HONEST.lenders[index]
    return lender.amount_fen


#: Lender 7 stays away as well, so that what the friend has too much is no more than what is admitted: every other check holds.
SHIFTED = both(leaves(_both(11, 9, _owed(11) + 1_000)), setting(choices=[one for one in CHOICES if one[0] != 7]))
POISONED = leaves(_both(6, 8, _owed(6) + 5))
LIES = (
    Lie(KIND, SHIFTED_NAME, "ranges.proof", before=SHIFTED),
    Lie(KIND, "a poisoned register: the one who abstains owes", "ranges.proof", before=POISONED),
    Lie(KIND, "a leaf of 2^64 and one of as much less", "ranges.proof", before=leaves(_both(10, 8, 2**64))),
    Lie(KIND, "a leaf of half the group and one of the rest", "ranges.proof", before=leaves(_both(11, 9, N // 2))),
    Lie(KIND, "a register without proofs", "ranges.missing", before=proving(lambda *_: b"")),
    Lie(KIND, "no file", "ranges.file", after=file_gone("range_proofs.bin")),
    Lie(KIND, "a file of another hash", "ranges.file", after=bytes_of_file("range_proofs.bin", byte(500))),
    Lie(KIND, "a longer file", "ranges.file", after=bytes_of_file("range_proofs.bin", lambda one: one + b"\0")),
    Lie(KIND, "a signed file with a byte more", "ranges.file", before=whole(lambda one: one + b"\0")),
    Lie(KIND, "a signed file with a byte less", "ranges.file", before=whole(lambda one: one[:-1])),
    Lie(KIND, "a signed file of another kind", "ranges.file", before=changed(0, b"LVOPEN01")),
    Lie(KIND, "a signed file about more leaves", "ranges.file", before=changed(40, (13).to_bytes(4, "big"))),
    Lie(
        KIND,
        "the file of another register",
        "ranges.file",
        before=proving(lambda vote, _: proofs_file(context_of(CHAIN_ID, vote.case, 1, vote.register), vote.register.lenders)),
    ),
    Lie(
        KIND,
        "proofs of the same leaves in another register",
        "ranges.proof",
        before=_under(lambda vote: context_of(CHAIN_ID, vote.case, 1, vote.register)),
    ),
    Lie(
        KIND,
        "proofs of the same leaves on another chain",
        "ranges.proof",
        before=_under(lambda vote: context_of(CHAIN_ID + 1, vote.case, 0, vote.register)),
    ),
    Lie(KIND, "proofs of two leaves in each other's place", "ranges.proof", before=proving(_other_order)),
    Lie(KIND, "a proof for another place", "ranges.proof", before=proving(_later_start)),
    Lie(KIND, "a proof over another commitment", "ranges.proof", before=proving(_one_less)),
    Lie(KIND, "a proof with another t", "ranges.proof", before=changed(FIRST + 132, bytes(32))),
    Lie(KIND, "a proof with a number of n", "ranges.proof", before=changed(FIRST + 164, N.to_bytes(32, "big"))),
    Lie(KIND, "a proof with a point at infinity", "ranges.proof", before=changed(FIRST, bytes(33))),
    Lie(KIND, "a proof with the last number changed", "ranges.proof", before=whole(lambda one: one[:-32] + bytes(32))),
    Lie(KIND, "proofs of nothing", "ranges.proof", before=whole(lambda one: one[:HEADER] + bytes(len(one) - HEADER))),
)
