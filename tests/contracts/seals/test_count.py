"""count() of a sealed poll: only the end of the box, every ballot once, whatever it holds (protocol §21.5, §21.8)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.contracts.ballot_box import N, P, make_register
from tests.contracts.chain import refusal
from tests.contracts.sealed_world import EMPTY_BOX, RECORD_BYTES, SealedPoll, SealedVote, SealKeys, expected_sum, folded

GAS_OF_ONE = 150_000


def _filled(poll: SealedPoll) -> dict[int, int]:
    """A vote with changes and nonsense in it; what counts for each lender, 0 for an invalid ballot."""
    poll.cast_batch([poll.vote(i, 1 + i % 3) for i in range(12)])
    poll.cast(poll.vote(3, 2, sequence=7))
    poll.cast(poll.vote(4, 0, sequence=2))  # a newer invalid one over an older valid one
    poll.cast(poll.vote(20, 1, fields=(0, 1)))
    poll.cast_batch([poll.vote(i, 3, sequence=9) for i in (0, 3)])
    return {i: 1 + i % 3 for i in range(12)} | {3: 3, 4: 0, 20: 0, 0: 3}


def _is_counted(poll: SealedPoll, newest: dict[int, int]) -> None:
    for voting_class in (0, 1):
        who = {i: choice for i, choice in newest.items() if i % 2 == voting_class}
        assert poll.heads(0, voting_class) == [list(who.values()).count(choice) for choice in (1, 2, 3)]
        assert poll.calls.invalid(voting_class).call() == list(who.values()).count(0)
        sums = [expected_sum(poll.register, [i for i, choice in who.items() if choice == wanted]) for wanted in (1, 2, 3)]
        assert poll.sums(0, voting_class) == sums
    assert (poll.calls.box().call(), poll.stage()) == (EMPTY_BOX, 4)


@pytest.mark.parametrize("size", [None, 1, 2, 3, 5, 16])
def test_counts_the_same_in_pieces_of_any_size(sealed: SealedPoll, size: int | None) -> None:
    newest = _filled(sealed)
    sealed.close()
    sealed.unseal()
    counted = sealed.count_all(size)
    rows = [counted[i : i + 5] for i in range(0, len(counted), 5)]
    assert sorted((int.from_bytes(row[:4], "big"), row[4] & 3) for row in rows) == sorted(newest.items())
    assert all(row[4] >> 2 == sealed.calls.sequenceOf(int.from_bytes(row[:4], "big")).call() for row in rows)
    _is_counted(sealed, newest)


@pytest.mark.parametrize("seed", range(6))
def test_counts_random_votes_as_a_model_does(sealed: SealedPoll, seed: int) -> None:
    chance = random.Random(seed)
    newest: dict[int, int] = {}
    sequences: dict[int, int] = {}
    for _ in range(4):
        votes = []
        for index in sorted(chance.sample(range(40), 12)):
            sequence, plain = sequences.get(index, 0) + chance.choice((1, 1, 2)), chance.choice((1, 2, 3, 1, 2, 3, 0, 4, 255, 2**40))
            votes.append(SealedVote(sealed.register.lenders[index], plain, sequence))
            sequences[index], newest[index] = sequence, plain if plain in (1, 2, 3) else 0
        sealed.cast_batch(votes)
    sealed.close()
    sealed.unseal()
    while sealed.records:
        sealed.count(chance.randrange(1, 20))
    _is_counted(sealed, newest)


def test_refuses_anything_but_the_end_of_the_box(sealed: SealedPoll) -> None:
    _filled(sealed)
    sealed.close()
    sealed.unseal()
    records = list(sealed.records)
    before, end = folded(EMPTY_BOX, records[:-4]), records[-4:]
    a, b, c, d = end
    tries = {
        "the last left out": (before, [a, b, c]),
        "one of the middle left out": (before, [a, c, d]),
        "swapped": (before, [a, b, d, c]),
        "one twice": (before, [a, b, c, c, d]),
        "the last one before the others": (before, [d, a, b, c, d]),
        "only what was not in it": (folded(EMPTY_BOX, records), [a, b]),
        "not the end": (folded(EMPTY_BOX, records[:-5]), records[-5:-1]),
        "a wrong beginning": (folded(EMPTY_BOX, records[:-5]), end),
        "a neighbour's sealed choice": (before, [a, b, c, d[:-8] + c[-8:]]),
        "another's C": (before, [a, b, c, d[:5] + c[5:69] + d[69:]]),
        "another class": (before, [a, b, c, d[:4] + bytes([d[4] ^ 1]) + d[5:]]),
        "another index": (before, [a, b, c, bytes([0, 0, 0, 99]) + d[4:]]),
        "another index, and the right one behind it": (before, [a, b, c, bytes([0, 0, 0, 99]) + d[4:], d]),
    }
    for wrong in tries.values():
        with refusal("Box_NotItsEnd"):
            sealed.chain.send(sealed.calls.count(wrong[0], b"".join(wrong[1])))
    sealed.count(4)
    with refusal("Box_NotItsEnd"):
        sealed.chain.send(sealed.calls.count(before, b"".join(end)))


@pytest.mark.parametrize("length", [0, 1, RECORD_BYTES - 1, RECORD_BYTES + 1, 3 * RECORD_BYTES + 1])
def test_refuses_what_is_no_whole_number_of_records(sealed: SealedPoll, length: int) -> None:
    """Also behind a piece that is right."""
    sealed.cast_batch([sealed.vote(i, 1) for i in range(3)])
    sealed.close()
    sealed.unseal()
    with refusal("Box_LengthWrong", length):
        sealed.chain.send(sealed.calls.count(EMPTY_BOX, (b"".join(sealed.records) + sealed.records[0])[:length]))


def test_refuses_to_count_while_it_is_sealed(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(0, 1))
    sealed.close()
    with refusal("Seal_StillSealed"):
        sealed.count()
    with refusal("Seal_StillSealed"):
        sealed.chain.send(sealed.calls.choiceUnder(0, 1, 5, 5))


def _overtaken(poll: SealedPoll, own: int, others: int) -> Any:
    """Somebody is about to count the last `own` ballots, and somebody else counts the last `others` just before."""
    slower = poll.piece(own)
    poll.count(others)
    receipt = poll.chain.send(poll.calls.count(*slower), sender=poll.chain.accounts[1])
    del poll.records[len(poll.records) - (own - others) :]
    return receipt


def test_lets_two_counters_take_turns(sealed: SealedPoll) -> None:
    newest = _filled(sealed)
    sealed.close()
    sealed.unseal()
    for others in (5, 6):  # all of it, and more than that: nothing is left to do
        with refusal("Box_NotItsEnd"):
            _overtaken(sealed, 5, others)
    assert len(sealed.records) == 6
    _overtaken(sealed, 5, 3)
    sealed.count_all(4)
    _is_counted(sealed, newest)


def test_counts_what_a_stranger_left_of_each_piece(sealed: SealedPoll) -> None:
    """One ballot counted just before each piece does not make the count creep (protocol §21.5)."""
    newest = _filled(sealed)
    sealed.close()
    sealed.unseal()
    in_pieces = 0
    while sealed.records:
        left = len(sealed.records)
        if left == 1:
            sealed.count(1)
            continue
        receipt = _overtaken(sealed, min(4, left), 1)
        piece, in_pieces = sealed.counted(receipt), in_pieces + 1
        assert all(int.from_bytes(piece[i : i + 4], "big") in newest for i in range(0, len(piece), 5))
        assert left - len(sealed.records) == min(4, left)
    assert in_pieces == 4
    _is_counted(sealed, newest)


@pytest.mark.parametrize("behind", ["the piece again", "a ballot in the box", "zeros", "ones"])
def test_ignores_whatever_stands_behind_the_piece(sealed: SealedPoll, behind: str) -> None:
    newest = _filled(sealed)
    sealed.close()
    sealed.unseal()
    before, piece = sealed.piece(5)
    rest = {"the piece again": piece, "a ballot in the box": sealed.records[0], "zeros": bytes(220), "ones": b"\xff" * 110}[behind]
    sequences = [record[69] for record in sealed.records[-5:]]
    counted = sealed.counted(sealed.chain.send(sealed.calls.count(before, piece + rest)))
    assert 0 < len(counted) <= 5 * len(sequences)
    assert {counted[i + 4] >> 2 for i in range(0, len(counted), 5)} <= set(sequences)
    del sealed.records[-5:]
    assert sealed.calls.box().call() == before == folded(EMPTY_BOX, sealed.records)
    sealed.count_all(5)
    _is_counted(sealed, newest)


@pytest.mark.parametrize("seal", [0, 5, N - 1, N, P - 1, P, 2**256 - 1])
def test_calls_a_ballot_without_a_good_seal_invalid(sealed: SealedPoll, seal: int) -> None:
    sealed.cast(sealed.vote(1, 1, fields=(seal, 2**63 + 5)))
    sealed.close()
    sealed.unseal()
    assert sealed.calls.choiceUnder(1, 1, seal, 2**63 + 5).call() == 0
    receipt = sealed.count()
    assert sealed.counted(receipt) == bytes([0, 0, 0, 1, 4])
    assert receipt["gasUsed"] < GAS_OF_ONE


@pytest.mark.parametrize("plain", [0, 4, 5, 255, 2**40, 2**63 + 1, 2**64 - 1])
def test_calls_a_ballot_without_a_choice_invalid(sealed: SealedPoll, plain: int) -> None:
    vote = SealedVote(sealed.register.lenders[1], plain)
    sealed.cast(vote)
    sealed.close()
    sealed.unseal()
    assert sealed.counted(sealed.count()) == bytes([0, 0, 0, 1, 4])
    assert sealed.calls.choiceUnder(1, 1, *sealed.papers.sealed(vote)).call() == 0
    assert sealed.calls.invalid(1).call() == 1


def test_gives_nothing_away_under_another_s_index(sealed: SealedPoll) -> None:
    victim = sealed.vote(0, 1)
    seal, choice = sealed.papers.sealed(victim)
    sealed.cast(victim)
    for index, fields in ((2, (seal, choice)), (4, (seal, choice ^ 3)), (6, (seal, 12345))):
        sealed.cast(sealed.vote(index, 1, fields=fields))
    sealed.close()
    sealed.unseal()
    sealed.count_all()
    assert (sealed.heads(0, 0), sealed.calls.invalid(0).call()) == ([1, 0, 0], 3)
    assert sealed.calls.choiceUnder(0, 1, seal, choice).call() == 1
    assert sealed.calls.choiceUnder(0, 2, seal, choice).call() == 0


def test_counts_the_last_of_63_ballots(sealed: SealedPoll) -> None:
    for sequence in range(1, 64):
        sealed.cast_batch([sealed.vote(i, 1 if sequence < 63 else 2, sequence=sequence) for i in (0, 2)])
    sealed.close()
    sealed.unseal()
    counted = sealed.count_all(50)
    assert counted == b"".join(bytes([0, 0, 0, i, 63 << 2 | 2]) for i in (0, 2))
    assert sealed.heads(0, 0) == [0, 2, 0]


@pytest.mark.parametrize("motions", [2, 8, 16])
def test_counts_every_motion_of_a_ballot(sealed: SealedPoll, motions: int) -> None:
    world = sealed.world
    poll = SealedPoll.of(world, sealed.register, motions, SealKeys(("motions", motions)))
    chance = random.Random(motions)
    chosen: dict[int, list[int]] = {i: [chance.choice((1, 2, 3)) for _ in range(motions)] for i in range(8)}
    poll.cast_batch([poll.vote(i, *choices) for i, choices in chosen.items()])
    poll.cast(poll.vote(9, *[1] * (motions - 1)))  # one motion left out
    poll.cast(poll.vote(11, *[1] * (motions + 1)))  # one too many
    poll.close()
    poll.unseal()
    counted = poll.count_all()
    rows = {int.from_bytes(counted[i : i + 4], "big"): int.from_bytes(counted[i + 5 : i + 9], "big") for i in range(0, len(counted), 9)}
    assert rows == {i: sum(c << 2 * k for k, c in enumerate(choices)) for i, choices in chosen.items()} | {9: 0, 11: 0}
    for motion in range(motions):
        for voting_class in (0, 1):
            who = {i: choices[motion] for i, choices in chosen.items() if i % 2 == voting_class}
            assert poll.heads(motion, voting_class) == [list(who.values()).count(choice) for choice in (1, 2, 3)]
            sums = [expected_sum(poll.register, [i for i, choice in who.items() if choice == wanted]) for wanted in (1, 2, 3)]
            assert poll.sums(motion, voting_class) == sums
    assert [poll.calls.invalid(k).call() for k in (0, 1)] == [0, 2]
    poll.open_sums(chosen)
    passes = [all(_carries(poll, motion, k) for k in (0, 1)) for motion in range(motions)]
    assert poll.calls.passed().call() == sum(1 << motion for motion, passed in enumerate(passes) if passed)


def _carries(poll: SealedPoll, motion: int, voting_class: int) -> bool:
    """More than half of the heads taking part; two thirds of the amounts of for and against."""
    heads = poll.heads(motion, voting_class)
    tally = poll.calls.tallies().call()[motion * 2 + voting_class]
    return 2 * heads[0] > sum(heads) and 3 * tally[3] >= 2 * (tally[3] + tally[4]) and heads[0] + heads[1] > 0


def test_opens_the_sums_of_eighty_motions_and_classes_in_one_transaction(sealed: SealedPoll) -> None:
    """More are not announced (protocol §21.3): near a hundred no transaction can open them, and the poll would have no result."""
    motions = 16
    poll = SealedPoll.of(sealed.world, make_register(15, 5), motions, SealKeys("eighty"))
    chosen = {i: [1 + (i // 5 + motion) % 3 for motion in range(motions)] for i in range(15)}
    poll.cast_batch([poll.vote(i, *choices) for i, choices in chosen.items()])
    poll.close()
    poll.unseal()
    poll.count_all(5)
    assert poll.open_sums(chosen)["gasUsed"] < 15_000_000


def test_refuses_views_of_what_there_is_not(sealed: SealedPoll) -> None:
    with refusal("Poll_MotionOutOfRange", 1, 1):
        sealed.chain.send(sealed.calls.heads(1, 0))
    with refusal("Poll_ClassOutOfRange", 2, 2):
        sealed.chain.send(sealed.calls.sumOf(0, 2, 1))
    with refusal("Poll_IndexOutOfRange", 300, 300):
        sealed.chain.send(sealed.calls.sequenceOf(300))
