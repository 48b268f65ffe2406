"""castBatch(): many ballots, by anyone; test_cast_batch_refused.py has what is refused as a whole."""

from __future__ import annotations

import random
from dataclasses import replace

from eth_account import Account
from web3.constants import ADDRESS_ZERO

from tests.contracts.ballot_box import (
    ABSTAIN,
    AGAINST,
    FOR,
    N,
    Vote,
    address_of,
    commit,
    compact,
    key_with_s,
    make_large_register,
    make_register,
    secret,
)
from tests.contracts.chain import refusal
from tests.contracts.poll.batches import STRANGER, some_votes
from tests.contracts.typed import Domain
from tests.contracts.world import OpenPoll

CHOICE_NOT_ALLOWED, SEQUENCE_NOT_NEWER, NOT_SIGNED_BY_KEY = 1, 2, 3


def expect_counted(poll: OpenPoll, newest: dict[int, int]) -> None:
    """Heads and sums of every class are those of the choices in `newest`, computed from the lenders' secrets."""
    for voting_class in range(poll.register.class_count):
        chosen = [
            [one for one in poll.register.lenders if one.voting_class == voting_class and newest.get(one.index) == choice]
            for choice in (FOR, AGAINST, ABSTAIN)
        ]
        assert poll.heads(voting_class) == [len(group) for group in chosen]
        sums = [commit(sum(one.amount_fen for one in group), sum(one.blind for one in group)) for group in chosen]
        assert poll.sums(voting_class) == sums


def newest_of(*rounds: list[Vote]) -> dict[int, int]:
    return {vote.lender.index: vote.choice for votes in rounds for vote in votes}


def test_rejects_each_by_its_own_reason_and_records_the_others(poll: OpenPoll) -> None:
    poll.cast(poll.vote(12, FOR, 5))
    good = [poll.vote(3, FOR), poll.vote(12, AGAINST, 6), poll.vote(20, ABSTAIN, 63), poll.vote(40, FOR)]
    bad = [
        (poll.vote(1, 0), CHOICE_NOT_ALLOWED),
        (poll.vote(5, FOR, 0), SEQUENCE_NOT_NEWER),
        (poll.vote(15, FOR, key=STRANGER), NOT_SIGNED_BY_KEY),
        (poll.vote(299, AGAINST, key=poll.register.lenders[298].ballot_key), NOT_SIGNED_BY_KEY),
    ]
    votes = sorted(good + [vote for vote, _ in bad], key=lambda vote: vote.lender.index)
    receipt = poll.cast_batch(votes)
    assert poll.recorded(receipt) == b"".join(vote.record for vote in good)
    assert poll.rejected(receipt) == [(v.lender.index, address_of(v.lender.ballot_key), v.sequence, reason) for v, reason in bad]
    assert all(poll.ballot_of(vote.lender.index) == (0, 0) for vote, _ in bad)
    expect_counted(poll, newest_of(good))
    receipt = poll.cast_batch([poll.vote(12, FOR, 6), poll.vote(20, FOR, 63), poll.vote(41, FOR)])
    assert [(index, reason) for index, _, _, reason in poll.rejected(receipt)] == [(12, 2), (20, 2)]
    assert poll.recorded(receipt) == poll.vote(41, FOR).record


def test_rejects_a_ballot_signature_with_high_s(poll: OpenPoll) -> None:
    """The few s between n/2 and 2^255 fit into vs; the key is made so that one of them signs the ballot."""
    votes = some_votes(poll, [1, 2])
    batch = poll.papers.batch(votes)
    digest = poll.papers.domain.digest("Ballot", 1, votes[0].choice, 1, poll.papers.plan_hash)
    key, signature = key_with_s(digest, N // 2 + 1)
    assert Account._recover_hash(digest, signature=signature) == address_of(key)  # ecrecover takes it
    entries = batch.entries[:4] + bytes.fromhex(address_of(key)[2:]) + batch.entries[24:]
    receipt = poll.cast_batch(
        votes,
        entries=entries,
        list_signature=poll.papers.list_signature(entries),
        ballots=batch.ballots[:1] + compact(signature) + batch.ballots[65:],
    )
    assert poll.rejected(receipt) == [(1, address_of(key), 1, NOT_SIGNED_BY_KEY)]
    assert poll.recorded(receipt) == votes[1].record


def test_rejects_a_void_signature_of_an_empty_ballot_key(poll: OpenPoll) -> None:
    """ecrecover answers zero for a void signature: zero must never be a key that signed."""
    votes = some_votes(poll, [1, 2])
    batch = poll.papers.batch(votes)
    entries = batch.entries[:4] + bytes(20) + batch.entries[24:]
    receipt = poll.cast_batch(
        votes,
        entries=entries,
        list_signature=poll.papers.list_signature(entries),
        ballots=batch.ballots[:1] + bytes(64) + batch.ballots[65:],
    )
    assert poll.rejected(receipt) == [(1, ADDRESS_ZERO, 1, NOT_SIGNED_BY_KEY)]
    assert poll.recorded(receipt) == votes[1].record


def test_rejects_ballots_for_another_plan_and_another_contract_and_another_chain(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(4))
    papers, chain_id = poll.papers, poll.chain.chain_id
    foreign = [
        replace(papers, plan_hash=bytes([1]) * 32),
        replace(papers, domain=Domain(chain_id, poll.world.case.address)),
        replace(papers, domain=Domain(chain_id + 1, poll.contract.address)),
        papers,
    ]
    pieces = [bytes([v.mark]) + compact(p.ballot_signature(v)) for v, p in zip(votes, foreign, strict=True)]
    receipt = poll.cast_batch(votes, ballots=b"".join(pieces))
    assert [(index, reason) for index, _, _, reason in poll.rejected(receipt)] == [(i, NOT_SIGNED_BY_KEY) for i in range(3)]
    assert poll.recorded(receipt) == votes[3].record
    expect_counted(poll, newest_of(votes[3:]))


def test_emits_nothing_but_rejections_when_none_is_good(poll: OpenPoll) -> None:
    receipt = poll.cast_batch([poll.vote(0, 0), poll.vote(1, FOR, 0), poll.vote(2, FOR, key=STRANGER)])
    assert [reason for *_, reason in poll.rejected(receipt)] == [1, 2, 3]
    assert len(receipt["logs"]) == 3
    expect_counted(poll, {})


def test_records_every_lender_of_the_register_in_one_batch(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(300))
    receipt = poll.cast_batch(votes)
    assert len(receipt["logs"]) == 1
    assert poll.recorded(receipt) == b"".join(vote.record for vote in votes)
    expect_counted(poll, newest_of(votes))
    assert [poll.ballot_of(i) for i in range(300)] == [(vote.choice, 1) for vote in votes]


def test_records_scattered_lenders_at_the_edges_of_packed_words(poll: OpenPoll) -> None:
    edges = [0, 1, 31, 32, 63, 64, 95, 96, 127, 128, 255, 256, 298, 299]
    votes = [poll.vote(i, 1 + i % 3, 1 + i % 63) for i in edges]
    receipt = poll.cast_batch(votes)
    assert poll.recorded(receipt) == b"".join(vote.record for vote in votes)
    expected = {vote.lender.index: (vote.choice, vote.sequence) for vote in votes}
    assert {i: poll.ballot_of(i) for i in range(300)} == {i: expected.get(i, (0, 0)) for i in range(300)}
    expect_counted(poll, newest_of(votes))


def test_records_single_lenders_at_both_ends_of_the_register(poll: OpenPoll) -> None:
    for index in (0, 299):
        receipt = poll.cast_batch([poll.vote(index, FOR)])
        assert poll.recorded(receipt) == poll.vote(index, FOR).record
    expect_counted(poll, {0: FOR, 299: FOR})


def test_gives_the_same_state_as_casting_one_by_one(poll: OpenPoll) -> None:
    def state() -> list[object]:
        lenders = [poll.ballot_of(i) for i in range(60)]
        return [lenders, poll.heads(0), poll.heads(1), poll.sums(0), poll.sums(1)]

    rounds = [some_votes(poll, list(range(0, 60, 5)), 1), some_votes(poll, list(range(0, 60, 10)), 4)]
    snapshot = poll.chain.rpc("evm_snapshot")
    for votes in rounds:
        poll.cast_batch(votes)
    batched = state()
    poll.chain.rpc("evm_revert", snapshot)
    poll.chain.warp(poll.terms.opens_at + 5)
    for votes in rounds:
        for vote in reversed(votes):
            poll.cast(vote)
    assert state() == batched


def test_replaces_ballots_cast_directly(poll: OpenPoll) -> None:
    poll.cast(poll.vote(4, FOR))
    poll.cast(poll.vote(6, FOR, 3))
    votes = [poll.vote(4, AGAINST, 2), poll.vote(5, FOR), poll.vote(6, ABSTAIN, 4)]
    poll.cast_batch(votes)
    expect_counted(poll, newest_of(votes))
    assert [poll.ballot_of(i) for i in (4, 5, 6)] == [(AGAINST, 2), (FOR, 1), (ABSTAIN, 4)]


def test_is_replaced_by_ballots_cast_directly(poll: OpenPoll) -> None:
    poll.cast_batch(some_votes(poll, [4, 5, 6]))
    poll.cast(poll.vote(5, ABSTAIN, 2))
    assert poll.ballot_of(5) == (ABSTAIN, 2)
    expect_counted(poll, newest_of(some_votes(poll, [4, 5, 6])) | {5: ABSTAIN})


def test_rejects_what_was_already_cast_directly(poll: OpenPoll) -> None:
    votes = [poll.vote(4, FOR), poll.vote(5, FOR)]
    poll.cast(votes[0])
    receipt = poll.cast_batch(votes)
    assert [(index, reason) for index, _, _, reason in poll.rejected(receipt)] == [(4, SEQUENCE_NOT_NEWER)]
    expect_counted(poll, {4: FOR, 5: FOR})


def test_rejects_a_whole_batch_that_is_sent_again(poll: OpenPoll) -> None:
    votes = some_votes(poll, range(0, 40, 3))
    poll.cast_batch(votes)
    receipt = poll.cast_batch(votes)
    assert [(index, reason) for index, _, _, reason in poll.rejected(receipt)] == [
        (vote.lender.index, SEQUENCE_NOT_NEWER) for vote in votes
    ]
    assert poll.recorded(receipt) == b""
    expect_counted(poll, newest_of(votes))


def test_returns_sums_to_infinity_when_all_voters_change(poll: OpenPoll) -> None:
    poll.cast_batch([poll.vote(i, FOR) for i in (0, 4, 6, 7)])
    poll.cast_batch([poll.vote(i, AGAINST, 2) for i in (0, 4, 6, 7)])
    assert poll.sums(0)[0] == poll.sums(1)[0] == (0, 0)
    expect_counted(poll, dict.fromkeys((0, 4, 6, 7), AGAINST))


def test_serves_each_of_several_verifiers(announced: OpenPoll) -> None:
    world = announced.world
    keys = [secret("verifier", i) for i in range(8)]
    terms = replace(world.terms(), verifiers=[address_of(key) for key in keys])
    poll = OpenPoll.announce(world, announced.register, terms)
    announced.chain.warp(terms.opens_at)
    for i, key in enumerate(keys):
        replace(poll, papers=replace(poll.papers, verifier_key=key)).cast_batch([poll.vote(i, FOR)])
    with refusal("Poll_CredentialNotSignedByVerifier"):
        poll.cast_batch([poll.vote(9, FOR)])
    expect_counted(poll, dict.fromkeys(range(8), FOR))


def test_counts_sixteen_classes_apart(announced: OpenPoll) -> None:
    world = announced.world
    register = make_register(64, class_count=16, seed="sixteen")
    poll = OpenPoll.announce(world, register, replace(world.terms(), register_number=world.freeze(register)))
    announced.chain.warp(poll.terms.opens_at)
    first, second = some_votes(poll, range(0, 64)), some_votes(poll, range(0, 64, 3), 2)
    poll.cast_batch(first)
    poll.cast_batch(second)
    poll.cast(poll.vote(63, ABSTAIN, 9))
    expect_counted(poll, newest_of(first, second) | {63: ABSTAIN})
    with refusal("Poll_ClassOutOfRange", 16, 16):
        poll.chain.send(poll.calls.heads(16))


def test_costs_at_most_10000_gas_a_ballot_at_half_turnout(announced: OpenPoll) -> None:
    """A full batch of 512 among 1,024 lenders, with the sums there already; scripts/bench/gas.py measures larger registers."""
    world = announced.world
    register = make_large_register(1_100)
    poll = OpenPoll.announce(world, register, replace(world.terms(), register_number=world.freeze(register)))
    announced.chain.warp(poll.terms.opens_at)
    poll.cast_batch([poll.vote(i, 1 + i % 3) for i in range(3)])
    indexes = sorted(random.Random(1).sample(range(64, 1_088), 512))
    receipt = poll.cast_batch(some_votes(poll, indexes))
    assert len(poll.recorded(receipt)) == 512 * 5
    assert receipt["gasUsed"] / 512 <= 10_000
