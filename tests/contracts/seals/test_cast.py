"""cast() and castBatch() of a sealed poll (protocol §21.4)."""

from __future__ import annotations

import pytest

from tests.contracts.ballot_box import N, P, address_of, secret
from tests.contracts.chain import refusal
from tests.contracts.sealed_world import SealedPoll, SealKeys, folded

SEQUENCE_NOT_NEWER, NOT_SIGNED = 2, 3


def test_records_a_ballot_alone(sealed: SealedPoll) -> None:
    vote = sealed.vote(5, 1)
    receipt = sealed.cast(vote)
    assert sealed.recorded(receipt) == bytes([0, 0, 0, 5, 1 << 2])
    assert sealed.calls.box().call() == folded(bytes(32), [sealed.papers.record(vote)])
    assert (sealed.calls.hasBallot(5).call(), sealed.calls.sequenceOf(5).call()) == (True, 1)
    assert (sealed.calls.hasBallot(6).call(), sealed.calls.sequenceOf(6).call()) == (False, 0)
    assert sealed.heads(0, 1) == [0, 0, 0]
    assert sealed.sums(0, 1) == [(0, 0)] * 3


def test_records_a_batch_as_if_each_ballot_came_alone(sealed: SealedPoll) -> None:
    votes = [sealed.vote(i, 1 + i % 3) for i in (0, 3, 31, 32, 255, 256, 299)]
    receipt = sealed.cast_batch(votes)
    assert sealed.recorded(receipt) == b"".join(vote.recorded for vote in votes)
    assert sealed.calls.box().call() == folded(bytes(32), [sealed.papers.record(vote) for vote in votes])
    sealed.cast(sealed.vote(300 - 2, 2))
    assert sealed.calls.box().call() == folded(bytes(32), sealed.records)
    assert all(sealed.calls.hasBallot(vote.lender.index).call() for vote in votes)


def test_takes_whatever_seal_and_sealed_choice_say(sealed: SealedPoll) -> None:
    for index, seal in enumerate((0, 5, N, P - 1, 2**256 - 1)):
        sealed.cast(sealed.vote(index, 1, fields=(seal, 2**64 - 1)))
        assert sealed.calls.sequenceOf(index).call() == 1


def test_takes_63_ballots_of_one_lender_and_no_64th(sealed: SealedPoll) -> None:
    for sequence in range(1, 64):
        sealed.cast(sealed.vote(9, 1 + sequence % 3, sequence=sequence))
    assert sealed.calls.sequenceOf(9).call() == 63
    with refusal("Poll_BallotRejected", 9, SEQUENCE_NOT_NEWER):
        sealed.cast(sealed.vote(9, 1, sequence=64))


def test_refuses_a_sequence_that_is_not_newer(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(7, 1, sequence=5))
    for sequence in (0, 1, 4, 5):
        with refusal("Poll_BallotRejected", 7, SEQUENCE_NOT_NEWER):
            sealed.cast(sealed.vote(7, 2, sequence=sequence))
    assert sealed.calls.sequenceOf(7).call() == 5


def test_rejects_in_a_batch_what_belongs_to_one_lender(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(1, 1, sequence=2))
    stolen = sealed.vote(3, 1, key=secret("nobody"))
    votes = [sealed.vote(0, 1), sealed.vote(1, 2, sequence=2), sealed.vote(2, 1, sequence=64), stolen, sealed.vote(4, 3, sequence=255)]
    receipt = sealed.cast_batch(votes)
    wrong = SEQUENCE_NOT_NEWER
    assert sealed.rejected(receipt) == [(1, wrong), (2, wrong), (3, NOT_SIGNED), (4, wrong)]
    assert sealed.recorded(receipt) == votes[0].recorded
    assert sealed.calls.box().call() == folded(bytes(32), sealed.records)


def test_leaves_the_box_alone_when_every_ballot_is_rejected(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(1, 1))
    before = sealed.calls.box().call()
    assert sealed.recorded(sealed.cast_batch([sealed.vote(1, 2)])) == b""
    assert sealed.calls.box().call() == before


def test_refuses_another_s_ballot_with_changed_fields(sealed: SealedPoll) -> None:
    vote = sealed.vote(8, 1)
    seal, choice = sealed.papers.sealed(vote)
    for changes in ({"seal": seal ^ 1}, {"sealedChoice": choice ^ 3}, {"sequence": 2}, {"sealedChoice": choice ^ 1 << 63}):
        with refusal("Poll_BallotRejected", 8, NOT_SIGNED):
            sealed.cast(vote, **changes)
    other = address_of(secret("ballot key", 9))
    with refusal("Poll_CredentialNotSignedByVerifier"):
        sealed.cast(vote, ballotKey=other)


def test_refuses_a_ballot_sealed_to_another_key(sealed: SealedPoll) -> None:
    sealed.papers.keys.__dict__.pop("hash", None)
    elsewhere = SealKeys("elsewhere")
    ours = sealed.papers
    sealed.papers = type(ours)(ours.domain, ours.register, ours.plan_hash, ours.verifier_key, ours.expires_at, elsewhere)
    try:
        with refusal("Poll_BallotRejected", 4, NOT_SIGNED):
            sealed.cast(sealed.vote(4, 1))
    finally:
        sealed.papers = ours


def test_refuses_a_ballot_outside_the_window(announced_sealed: SealedPoll) -> None:
    poll, terms = announced_sealed, announced_sealed.terms.poll
    with refusal("Poll_NotOpenYet", terms.opens_at, ...):
        poll.cast(poll.vote(0, 1), at=terms.opens_at - 1)
    poll.cast(poll.vote(0, 1), at=terms.opens_at)
    poll.cast(poll.vote(1, 1), at=terms.closes_at - 1)
    with refusal("Poll_Closed", terms.closes_at, ...):
        poll.cast(poll.vote(2, 1), at=terms.closes_at)


def test_refuses_what_is_not_in_the_register(sealed: SealedPoll) -> None:
    ballot, leaf, proof = sealed.papers.sealed_ballot(sealed.vote(3, 1))
    with refusal("Poll_ClassOutOfRange", 2, 2):
        sealed.chain.send(sealed.calls.cast(ballot, (2, *leaf[1:]), proof))
    with refusal("Poll_NotInRegister", 3):
        sealed.chain.send(sealed.calls.cast(ballot, (0, *leaf[1:]), proof))
    with refusal("Poll_CommitmentNotOnCurve", 3):
        sealed.chain.send(sealed.calls.cast(ballot, (leaf[0], leaf[1], leaf[2] ^ 1), proof))
    with refusal("Poll_IndexOutOfRange", 300, 300):
        sealed.chain.send(sealed.calls.cast((300, *ballot[1:]), leaf, proof))


@pytest.mark.parametrize("cut", [1, 40, 104, 105])
def test_refuses_a_batch_of_uneven_lengths(sealed: SealedPoll, cut: int) -> None:
    votes = [sealed.vote(0, 1), sealed.vote(1, 2)]
    batch = sealed.papers.sealed_batch(votes)
    with refusal("Poll_BatchLengthsDiffer"):
        sealed.cast_batch(votes, ballots=batch.ballots[:-cut])
