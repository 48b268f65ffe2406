"""castBatch(): batches that are refused as a whole, and nothing of them recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.contracts.ballot_box import FOR, Lender, P, Register, Vote, address_of, commit, high_s, points_that_are_none
from tests.contracts.chain import refusal
from tests.contracts.poll.batches import STRANGER, some_votes
from tests.contracts.typed import Domain
from tests.contracts.world import OpenPoll


def test_refuses_a_second_before_opensat_and_exactly_at_closesat(announced: OpenPoll) -> None:
    votes = some_votes(announced, range(3))
    opens_at, closes_at = announced.terms.opens_at, announced.terms.closes_at
    with refusal("Poll_NotOpenYet", opens_at, opens_at - 1):
        announced.cast_batch(votes, at=opens_at - 1)
    with refusal("Poll_Closed", closes_at, closes_at):
        announced.cast_batch(votes, at=closes_at)


def test_refuses_a_call_through_a_contract(poll: OpenPoll, harness: Path) -> None:
    batch = poll.papers.batch(some_votes(poll, range(3)))
    with refusal("Poll_CalledThroughContract"):
        poll.chain.forward(poll.calls.castBatch(*batch.arguments), harness)


def test_refuses_an_empty_batch(poll: OpenPoll) -> None:
    with refusal("Poll_BatchEmpty"):
        poll.cast_batch([])


def test_refuses_lengths_that_differ(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(3))
    batch = poll.papers.batch(votes)
    changes: list[dict[str, Any]] = [
        {"ballots": batch.ballots[:-65]},
        {"ballots": batch.ballots[:-1]},
        {"ballots": batch.ballots + bytes(65)},
        {"leaves": batch.leaves[:-65]},
        {"leaves": batch.leaves + bytes(1)},
        {"entries": batch.entries[:-24]},
    ]
    for changed in changes:
        with refusal("Poll_BatchLengthsDiffer"):
            poll.cast_batch(votes, **changed)


def test_refuses_entries_that_are_no_whole_number_of_pieces(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(3))
    entries = poll.papers.batch(votes).entries
    with refusal("Poll_BatchLengthsDiffer", 71, 195, 195):
        poll.cast_batch(votes, entries=entries[:-1])
    with refusal("Poll_BatchLengthsDiffer", 73, 195, 195):
        poll.cast_batch(votes, entries=entries + b"\x00")
    with refusal("Poll_BatchLengthsDiffer", 1, 0, 0):
        poll.cast_batch(votes, entries=b"\x00", ballots=b"", leaves=b"")


def test_refuses_descending_indexes(poll: OpenPoll) -> None:
    with refusal("Poll_BatchNotAscending", 3):
        poll.cast_batch(some_votes(poll, [2, 4, 3]))


def test_refuses_the_same_lender_twice(poll: OpenPoll) -> None:
    with refusal("Poll_BatchNotAscending", 4):
        poll.cast_batch([poll.vote(2, FOR), poll.vote(4, FOR), poll.vote(4, FOR, 2)])


def test_refuses_an_index_beyond_the_leaves(poll: OpenPoll) -> None:
    votes = some_votes(poll, [1, 2])
    for beyond in (300, 511, 512, 2 + (1 << 31)):
        entries = poll.papers.batch(votes).entries
        entries = entries[:24] + beyond.to_bytes(4, "big") + entries[28:]
        with refusal("Poll_IndexOutOfRange", beyond, 300):
            poll.cast_batch(votes, entries=entries, list_signature=poll.papers.list_signature(entries))


def _not_in_register(poll: OpenPoll, votes: list[Vote], **changes: Any) -> None:
    with refusal("Poll_BatchNotInRegister"):
        poll.cast_batch(votes, **changes)


def test_refuses_another_class(poll: OpenPoll) -> None:
    votes = some_votes(poll, [1, 2, 3])
    leaves = poll.papers.batch(votes).leaves
    _not_in_register(poll, votes, leaves=b"\x00" + leaves[1:])


def test_refuses_another_commitment(poll: OpenPoll) -> None:
    """One fen more, the inverse point, another lender's; changed by a bit it is no point any more."""
    votes = some_votes(poll, [1, 2, 3])
    leaves = poll.papers.batch(votes).leaves
    one, other = poll.register.lenders[2], poll.register.lenders[8]
    x, y = one.point
    for point in (commit(one.amount_fen + 1, one.blind), (x, P - y), other.point):
        _not_in_register(poll, votes, leaves=leaves[:66] + packed(point) + leaves[130:])
    for place in (1, 64, 66, 194):
        changed = leaves[:place] + bytes([leaves[place] ^ 1]) + leaves[place + 1 :]
        with refusal("Poll_CommitmentNotOnCurve", votes[place // 65].lender.index):
            poll.cast_batch(votes, leaves=changed)


def packed(point: tuple[int, int]) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in point)


def test_refuses_a_commitment_that_is_no_point(announced: OpenPoll) -> None:
    """Also where register and root have it, alone and among others, and whether or not its ballot would be counted."""
    wrong = points_that_are_none()
    lenders = [Lender.at(2 * i, point) for i, point in enumerate(wrong.values())]
    lenders += [Lender(2 * i + 1, 0, 100, 7) for i in range(len(wrong))]
    register = Register(sorted(lenders, key=lambda lender: lender.index))
    poll = OpenPoll.of(announced.world, register, [(len(lenders), 100, 7)])
    for index in range(0, len(lenders), 2):
        for indexes in ([index], [index, index + 1], [1, index] if index else [0, 1]):
            with refusal("Poll_CommitmentNotOnCurve", index):
                poll.cast_batch([poll.vote(i, FOR) for i in indexes])
        with refusal("Poll_CommitmentNotOnCurve", index):
            poll.cast_batch([poll.vote(index, 0)])
    poll.cast_batch([poll.vote(i, FOR) for i in range(1, len(lenders), 2)])
    assert poll.heads(0) == [len(wrong), 0, 0]


def test_refuses_a_leaf_of_a_class_that_the_register_does_not_have(announced: OpenPoll) -> None:
    """A register that was frozen so: the leaf is in it, its class is not."""
    register = Register([Lender(0, 0, 100, 7), Lender(1, 1, 100, 8), Lender(2, 255, 100, 9)])
    poll = OpenPoll.of(announced.world, register, [(3, 300, 24)])
    for indexes, voting_class in (([0, 1], 1), ([1], 1), ([0, 2], 255)):
        with refusal("Poll_ClassOutOfRange", voting_class, 1):
            poll.cast_batch([poll.vote(i, FOR) for i in indexes])
    poll.cast_batch([poll.vote(0, FOR)])


def test_refuses_leaves_of_two_lenders_exchanged(poll: OpenPoll) -> None:
    votes = some_votes(poll, [2, 8])
    leaves = poll.papers.batch(votes).leaves
    _not_in_register(poll, votes, leaves=leaves[65:] + leaves[:65])


def test_refuses_a_wrong_sibling(poll: OpenPoll) -> None:
    votes = some_votes(poll, [1, 2, 7, 130])
    siblings = poll.papers.batch(votes).siblings
    for place in range(len(siblings)):
        changed = [*siblings[:place], bytes([siblings[place][0] ^ 1]) + siblings[place][1:], *siblings[place + 1 :]]
        _not_in_register(poll, votes, siblings=changed)


def test_refuses_a_sibling_too_few_or_too_many(poll: OpenPoll) -> None:
    votes = some_votes(poll, [1, 2, 7, 130])
    siblings = poll.papers.batch(votes).siblings
    _not_in_register(poll, votes, siblings=siblings[:-1])
    _not_in_register(poll, votes, siblings=siblings[1:])
    _not_in_register(poll, votes, siblings=[])
    _not_in_register(poll, votes, siblings=[*siblings, bytes(32)])
    _not_in_register(poll, votes, siblings=[*siblings, siblings[-1]])


def test_refuses_a_list_signed_by_a_stranger(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(3))
    entries = poll.papers.batch(votes).entries
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast_batch(votes, list_signature=poll.papers.list_signature(entries, key=STRANGER))


def _expiring(poll: OpenPoll, expires_at: int) -> tuple[object, ...]:
    return poll.papers.batch(some_votes(poll, range(3)), expires_at).arguments


def test_refuses_a_list_a_second_after_its_expiry(poll: OpenPoll) -> None:
    expires_at = poll.terms.opens_at + 500
    with refusal("Poll_CredentialExpired", expires_at, expires_at + 1):
        poll.chain.send(poll.calls.castBatch(*_expiring(poll, expires_at)), at=expires_at + 1)


def test_accepts_a_list_in_its_last_second(poll: OpenPoll) -> None:
    expires_at = poll.terms.opens_at + 500
    poll.chain.send(poll.calls.castBatch(*_expiring(poll, expires_at)), at=expires_at)
    assert poll.ballot_of(2) != (0, 0)


def test_refuses_a_list_whose_entries_were_changed(poll: OpenPoll) -> None:
    """Who sends the batch puts in a key of their own."""
    votes = some_votes(poll, range(3))
    entries = poll.papers.batch(votes).entries
    own_key = bytes.fromhex(address_of(STRANGER)[2:])
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast_batch(votes, entries=entries[:28] + own_key + entries[48:])
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast_batch(votes, expires_at=poll.papers.expires_at + 1, list_signature=poll.papers.list_signature(entries))


def test_refuses_a_list_for_another_contract(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(3))
    foreign = replace(poll.papers, domain=Domain(poll.chain.chain_id, poll.world.case.address))
    entries = foreign.batch(votes).entries
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast_batch(votes, list_signature=foreign.list_signature(entries))


def test_refuses_a_list_signature_with_high_s(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(3))
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast_batch(votes, list_signature=high_s(poll.papers.batch(votes).list_signature))
