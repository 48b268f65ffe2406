"""cast(): one ballot, by anyone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from web3.constants import ADDRESS_ZERO

from tests.contracts.ballot_box import (
    ABSTAIN,
    AGAINST,
    FOR,
    Lender,
    N,
    Register,
    Vote,
    address_of,
    commit,
    high_s,
    key_with_s,
    points_that_are_none,
    secret,
    sign,
)
from tests.contracts.chain import refusal
from tests.contracts.typed import Domain
from tests.contracts.world import OpenPoll

CHOICE_NOT_ALLOWED, SEQUENCE_NOT_NEWER, NOT_SIGNED_BY_KEY = 1, 2, 3
STRANGER = secret("stranger")


def total(poll: OpenPoll, *indexes: int) -> tuple[int, int]:
    """The sum of the lenders' commitments, computed from their secrets."""
    lenders = [poll.register.lenders[i] for i in indexes]
    return commit(sum(one.amount_fen for one in lenders), sum(one.blind for one in lenders))


def test_refuses_a_ballot_a_second_before_opensat(announced: OpenPoll) -> None:
    opens_at = announced.terms.opens_at
    with refusal("Poll_NotOpenYet", opens_at, opens_at - 1):
        announced.cast(announced.vote(0, FOR), at=opens_at - 1)


def test_accepts_a_ballot_exactly_at_opensat(announced: OpenPoll) -> None:
    announced.cast(announced.vote(0, FOR), at=announced.terms.opens_at)
    assert announced.ballot_of(0) == (FOR, 1)


def test_accepts_a_ballot_a_second_before_closesat(poll: OpenPoll) -> None:
    poll.cast(poll.vote(0, FOR), at=poll.terms.closes_at - 1)
    assert poll.ballot_of(0) == (FOR, 1)


def test_refuses_a_ballot_exactly_at_closesat(poll: OpenPoll) -> None:
    closes_at = poll.terms.closes_at
    with refusal("Poll_Closed", closes_at, closes_at):
        poll.cast(poll.vote(0, FOR), at=closes_at)


def test_refuses_a_call_through_a_contract(poll: OpenPoll, harness: Path) -> None:
    with refusal("Poll_CalledThroughContract"):
        poll.chain.forward(poll.calls.cast(*poll.papers.ballot(poll.vote(0, FOR))), harness)


def test_refuses_an_account_that_delegates_to_code(poll: OpenPoll) -> None:
    sender = poll.chain.accounts[5]
    poll.chain.set_code(sender, "0xef0100" + poll.contract.address[2:])
    with refusal("Poll_CalledThroughContract"):
        poll.chain.send(poll.calls.cast(*poll.papers.ballot(poll.vote(0, FOR))), sender=sender)


def test_refuses_the_first_index_beyond_the_leaves(poll: OpenPoll) -> None:
    with refusal("Poll_IndexOutOfRange", 300, 300):
        poll.cast(poll.vote(0, FOR), index=300)


def _alias(poll: OpenPoll, index: int) -> None:
    """A lender votes, then votes again under an index that a careless path loop takes for the same leaf."""
    vote = poll.vote(1, FOR)
    poll.cast(vote)
    ballot_digest = poll.papers.domain.digest("Ballot", index, FOR, 1, poll.papers.plan_hash)
    key = vote.lender.ballot_key
    with refusal("Poll_IndexOutOfRange", index, 300):
        poll.cast(
            vote,
            index=index,
            ballotSignature=sign(key, ballot_digest),
            credentialSignature=poll.papers.credential(index, address_of(key)),
        )


def test_refuses_an_index_with_bits_above_the_depth(poll: OpenPoll) -> None:
    _alias(poll, 1 + (1 << poll.register.depth))


def test_refuses_an_index_raised_by_2_to_the_32(poll: OpenPoll) -> None:
    _alias(poll, 1 + (1 << 32))


@pytest.mark.parametrize("choice", [0, 4])
def test_refuses_choices_0_and_4(poll: OpenPoll, choice: int) -> None:
    with refusal("Poll_BallotRejected", 0, CHOICE_NOT_ALLOWED):
        poll.cast(poll.vote(0, choice))


@pytest.mark.parametrize("sequence", [0, 64])
def test_refuses_sequence_0_and_sequence_64(poll: OpenPoll, sequence: int) -> None:
    with refusal("Poll_BallotRejected", 0, SEQUENCE_NOT_NEWER):
        poll.cast(poll.vote(0, FOR, sequence))


def test_refuses_the_same_ballot_twice(poll: OpenPoll) -> None:
    poll.cast(poll.vote(0, FOR))
    with refusal("Poll_BallotRejected", 0, SEQUENCE_NOT_NEWER):
        poll.cast(poll.vote(0, FOR))


def test_refuses_an_older_ballot_replayed_after_a_change(poll: OpenPoll) -> None:
    poll.cast(poll.vote(0, FOR, 2))
    poll.cast(poll.vote(0, AGAINST, 5))
    for older in (1, 2, 4):
        with refusal("Poll_BallotRejected", 0, SEQUENCE_NOT_NEWER):
            poll.cast(poll.vote(0, FOR, older))
    assert poll.ballot_of(0) == (AGAINST, 5)


def _cast_with(poll: OpenPoll, leaf: tuple[int, int, int] | None = None, proof: list[bytes] | None = None) -> None:
    ballot, own_leaf, own_proof = poll.papers.ballot(poll.vote(2, FOR))
    call = poll.calls.cast(ballot, leaf or own_leaf, own_proof if proof is None else proof)
    with refusal("Poll_NotInRegister", 2):
        poll.chain.send(call)


def test_refuses_another_lender_s_leaf(poll: OpenPoll) -> None:
    other = poll.register.lenders[8]
    _cast_with(poll, other.leaf, poll.register.proof(8))


def test_refuses_another_class(poll: OpenPoll) -> None:
    _, x, y = poll.register.lenders[2].leaf
    _cast_with(poll, (1, x, y))


def test_refuses_another_commitment(poll: OpenPoll) -> None:
    lender = poll.register.lenders[2]
    _cast_with(poll, (0, *commit(lender.amount_fen + 1, lender.blind)))


def test_refuses_a_proof_that_is_too_short_or_too_long(poll: OpenPoll) -> None:
    proof = poll.register.proof(2)
    _cast_with(poll, proof=proof[:-1])
    _cast_with(poll, proof=[*proof, bytes(32)])
    _cast_with(poll, proof=[])


def test_refuses_a_proof_with_a_wrong_sibling(poll: OpenPoll) -> None:
    for place in range(poll.register.depth):
        proof = poll.register.proof(2)
        proof[place] = bytes([proof[place][0] ^ 1]) + proof[place][1:]
        _cast_with(poll, proof=proof)


def test_refuses_a_leaf_of_a_class_that_the_register_does_not_have(announced: OpenPoll) -> None:
    """A register that was frozen so: the leaf is in it, its class is not."""
    register = Register([Lender(0, 0, 100, 7), Lender(1, 1, 100, 8), Lender(2, 255, 100, 9)])
    poll = OpenPoll.of(announced.world, register, [(3, 300, 24)])
    for index in (1, 2):
        with refusal("Poll_ClassOutOfRange", register.lenders[index].voting_class, 1):
            poll.cast(poll.vote(index, FOR))
    poll.cast(poll.vote(0, FOR))


def test_refuses_a_commitment_that_is_no_point(announced: OpenPoll) -> None:
    """Also where register and root have it: added up, it would keep the sums of everybody shut."""
    wrong = points_that_are_none()
    register = Register([*(Lender.at(i, point) for i, point in enumerate(wrong.values())), Lender(len(wrong), 0, 100, 7)])
    poll = OpenPoll.of(announced.world, register, [(len(wrong) + 1, 100, 7)])
    for index in range(len(wrong)):
        with refusal("Poll_CommitmentNotOnCurve", index):
            poll.cast(poll.vote(index, FOR))
    poll.cast(poll.vote(len(wrong), FOR))
    assert (poll.heads(0), poll.sums(0)) == ([1, 0, 0], [commit(100, 7), (0, 0), (0, 0)])


def test_refuses_a_credential_signed_by_a_stranger(poll: OpenPoll) -> None:
    vote = poll.vote(0, FOR)
    forged = poll.papers.credential(0, address_of(vote.lender.ballot_key), key=STRANGER)
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast(vote, credentialSignature=forged)


def _with_expiry(poll: OpenPoll, expires_at: int) -> dict[str, object]:
    key = address_of(poll.register.lenders[0].ballot_key)
    return {
        "credentialExpiresAt": expires_at,
        "credentialSignature": poll.papers.credential(0, key, expires_at),
    }


def test_refuses_a_credential_a_second_after_its_expiry(poll: OpenPoll) -> None:
    expires_at = poll.terms.opens_at + 500
    with refusal("Poll_CredentialExpired", expires_at, expires_at + 1):
        poll.cast(poll.vote(0, FOR), at=expires_at + 1, **_with_expiry(poll, expires_at))


def test_accepts_a_credential_in_its_last_second(poll: OpenPoll) -> None:
    expires_at = poll.terms.opens_at + 500
    poll.cast(poll.vote(0, FOR), at=expires_at, **_with_expiry(poll, expires_at))
    assert poll.ballot_of(0) == (FOR, 1)


def test_refuses_a_credential_for_another_index(poll: OpenPoll) -> None:
    vote = poll.vote(0, FOR)
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast(vote, credentialSignature=poll.papers.credential(1, address_of(vote.lender.ballot_key)))


def test_refuses_a_credential_for_another_key(poll: OpenPoll) -> None:
    """A key that the verifier never met signs the ballot of lender 0."""
    vote = replace(poll.vote(0, FOR), key=STRANGER)
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast(vote, ballotKey=address_of(STRANGER))


def test_refuses_a_credential_whose_expiry_was_changed(poll: OpenPoll) -> None:
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast(poll.vote(0, FOR), credentialExpiresAt=poll.papers.expires_at + 1)


def test_refuses_a_credential_signature_with_high_s(poll: OpenPoll) -> None:
    vote = poll.vote(0, FOR)
    signature = poll.papers.credential(0, address_of(vote.lender.ballot_key))
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast(vote, credentialSignature=high_s(signature))


def test_refuses_a_void_credential_signature(poll: OpenPoll) -> None:
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast(poll.vote(0, FOR), credentialSignature=bytes(65))


def _not_signed(poll: OpenPoll, vote: Vote, **changes: Any) -> None:
    with refusal("Poll_BallotRejected", vote.lender.index, NOT_SIGNED_BY_KEY):
        poll.cast(vote, **changes)


def test_refuses_a_ballot_signed_by_another_key(poll: OpenPoll) -> None:
    _not_signed(poll, poll.vote(0, FOR, key=STRANGER))


def test_refuses_a_ballot_whose_choice_was_changed(poll: OpenPoll) -> None:
    _not_signed(poll, poll.vote(0, FOR), choice=AGAINST)
    _not_signed(poll, poll.vote(0, FOR), sequence=2)


def test_refuses_a_ballot_signature_with_high_s(poll: OpenPoll) -> None:
    """The lowest s that is too high; those from 2^255 on do not even fit beside the parity."""
    digest = poll.papers.domain.digest("Ballot", 0, FOR, 1, poll.papers.plan_hash)
    key, signature = key_with_s(digest, N // 2 + 1)
    assert Account._recover_hash(digest, signature=signature) == address_of(key)  # ecrecover takes it
    _with_key(poll, key, signature)


def test_accepts_the_highest_s_that_is_low(poll: OpenPoll) -> None:
    digest = poll.papers.domain.digest("Ballot", 0, FOR, 1, poll.papers.plan_hash)
    key, signature = key_with_s(digest, N // 2)
    credential = poll.papers.credential(0, address_of(key))
    poll.cast(poll.vote(0, FOR), ballotKey=address_of(key), ballotSignature=signature, credentialSignature=credential)
    assert poll.ballot_of(0) == (FOR, 1)


def _with_key(poll: OpenPoll, key: bytes, signature: bytes) -> None:
    """Not signed, although the verifier met the key."""
    credential = poll.papers.credential(0, address_of(key))
    _not_signed(poll, poll.vote(0, FOR), ballotKey=address_of(key), ballotSignature=signature, credentialSignature=credential)


def test_refuses_a_void_ballot_signature(poll: OpenPoll) -> None:
    signature = poll.papers.ballot_signature(poll.vote(0, FOR))
    for wrong in (bytes(65), bytes(32) + signature[32:], signature[:32] + bytes(32) + signature[64:]):
        _not_signed(poll, poll.vote(0, FOR), ballotSignature=wrong)


def test_refuses_an_empty_ballot_key_with_a_void_signature(poll: OpenPoll) -> None:
    """ecrecover answers zero for a void signature: zero must never be a key that signed."""
    _not_signed(
        poll,
        poll.vote(0, FOR),
        ballotKey=ADDRESS_ZERO,
        ballotSignature=bytes(64) + b"\x1b",
        credentialSignature=poll.papers.credential(0, ADDRESS_ZERO),
    )


def test_refuses_a_ballot_for_another_plan(poll: OpenPoll) -> None:
    vote = poll.vote(0, FOR)
    _not_signed(poll, vote, ballotSignature=replace(poll.papers, plan_hash=bytes([1]) * 32).ballot_signature(vote))


def _foreign(poll: OpenPoll, domain: Domain) -> None:
    """Neither the ballot nor the credential of another domain is taken."""
    vote = poll.vote(0, FOR)
    foreign = replace(poll.papers, domain=domain)
    _not_signed(poll, vote, ballotSignature=foreign.ballot_signature(vote))
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast(vote, credentialSignature=foreign.credential(0, address_of(vote.lender.ballot_key)))


def test_refuses_a_ballot_for_another_chain(poll: OpenPoll) -> None:
    _foreign(poll, Domain(poll.chain.chain_id + 1, poll.contract.address))


def test_refuses_a_ballot_for_another_contract(poll: OpenPoll) -> None:
    _foreign(poll, Domain(poll.chain.chain_id, poll.world.case.address))


def test_refuses_a_ballot_for_another_poll_of_the_same_case(announced: OpenPoll) -> None:
    world = announced.world
    second = OpenPoll.announce(world, announced.register, world.terms())
    announced.chain.warp(second.terms.opens_at)
    announced.cast(announced.vote(0, FOR))
    _foreign(second, announced.papers.domain)
    second.cast(second.vote(0, AGAINST))
    assert (announced.ballot_of(0), second.ballot_of(0)) == ((FOR, 1), (AGAINST, 1))


def test_records_choice_and_sequence_and_emits_them(poll: OpenPoll) -> None:
    vote = poll.vote(299, ABSTAIN, 7)
    receipt = poll.cast(vote)
    assert poll.recorded(receipt) == vote.record == bytes.fromhex("0000012b1f")
    assert poll.ballot_of(299) == (ABSTAIN, 7)


def test_adds_the_head_and_the_commitment(poll: OpenPoll) -> None:
    for index, choice in ((0, FOR), (2, FOR), (8, AGAINST), (1, ABSTAIN)):
        poll.cast(poll.vote(index, choice))
    assert (poll.heads(0), poll.heads(1)) == ([2, 1, 0], [0, 0, 1])
    assert poll.sums(0) == [total(poll, 0, 2), total(poll, 8), (0, 0)]
    assert poll.sums(1) == [(0, 0), (0, 0), total(poll, 1)]


def test_takes_the_former_choice_off_when_the_lender_changes_it(poll: OpenPoll) -> None:
    poll.cast(poll.vote(0, FOR))
    poll.cast(poll.vote(2, FOR))
    poll.cast(poll.vote(0, AGAINST, 2))
    assert poll.heads(0) == [1, 1, 0]
    assert poll.sums(0) == [total(poll, 2), total(poll, 0), (0, 0)]


def test_changes_no_sum_when_the_choice_is_repeated(poll: OpenPoll) -> None:
    poll.cast(poll.vote(0, FOR))
    receipt = poll.cast(poll.vote(0, FOR, 2))
    assert poll.recorded(receipt) == poll.vote(0, FOR, 2).record
    assert (poll.ballot_of(0), poll.heads(0), poll.sums(0)[0]) == ((FOR, 2), [1, 0, 0], total(poll, 0))


def test_keeps_the_highest_sequence_through_many_changes(poll: OpenPoll) -> None:
    for sequence in (1, 2, 17, 62, 63):
        choice = 1 + sequence % 3
        poll.cast(poll.vote(5, choice, sequence))
        assert poll.ballot_of(5) == (choice, sequence)
    assert sum(poll.heads(1)) == 1


def test_keeps_the_neighbours_of_a_packed_word(poll: OpenPoll) -> None:
    """127 and 128 stand at the edge of two choice words, 31 and 32 at that of two sequence words."""
    votes = [poll.vote(i, 1 + i % 3, s) for i, s in ((31, 3), (32, 63), (33, 1), (127, 63), (128, 2), (126, 1), (0, 9))]
    for vote in votes:
        poll.cast(vote)
    poll.cast(poll.vote(33, FOR, 2))
    expected = {v.lender.index: (v.choice, v.sequence) for v in votes} | {33: (FOR, 2)}
    assert {i: poll.ballot_of(i) for i in range(130)} == {i: expected.get(i, (0, 0)) for i in range(130)}


def test_returns_the_sum_to_infinity_when_the_only_voter_changes(poll: OpenPoll) -> None:
    poll.cast(poll.vote(0, FOR))
    poll.cast(poll.vote(0, AGAINST, 2))
    assert poll.sums(0) == [(0, 0), total(poll, 0), (0, 0)]
    poll.cast(poll.vote(0, FOR, 3))
    assert poll.sums(0) == [total(poll, 0), (0, 0), (0, 0)]


def test_adds_two_lenders_with_equal_commitments(poll: OpenPoll) -> None:
    assert poll.register.lenders[4].point == poll.register.lenders[6].point
    poll.cast(poll.vote(4, FOR))
    poll.cast(poll.vote(6, FOR))
    assert poll.sums(0)[0] == total(poll, 4, 6)
    poll.cast(poll.vote(4, AGAINST, 2))
    assert poll.sums(0)[:2] == [total(poll, 6), total(poll, 4)]
