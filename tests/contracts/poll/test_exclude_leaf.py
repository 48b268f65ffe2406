"""excludeLeaf(): a leaf whose opening shows that it holds no claim is taken out; test_exclude_leaf_sums.py has the sums afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, Lender, N, Register, commit, points_that_are_none
from tests.contracts.chain import refusal
from tests.contracts.poll.poisoned import (
    ENORMOUS,
    NEGATIVE,
    close,
    closed,
    held,
    lenders,
    open_sums,
    poisoned,
    total,
    two_classes,
)
from tests.contracts.world import OpenPoll

__all__ = ["closed", "held"]


# --- when it comes


def test_refuses_before_opening_and_a_second_before_closesat(announced: OpenPoll) -> None:
    world = announced.world
    register = poisoned()
    poll = OpenPoll.announce(world, register, world.terms(world.freeze(register)))
    closes_at = poll.terms.closes_at
    with refusal("Poll_StillOpen", closes_at, ...):
        poll.exclude(NEGATIVE)
    for at in (poll.terms.opens_at, closes_at - 1):
        with refusal("Poll_StillOpen", closes_at, at):
            poll.exclude(NEGATIVE, at=at)


def test_accepts_exactly_at_closesat(held: OpenPoll) -> None:
    held.exclude(NEGATIVE, at=held.terms.closes_at)
    assert held.admitted(0) == (7, 708_000)


def test_refuses_after_the_sums_were_opened(closed: OpenPoll) -> None:
    """Nobody can change a result once it is there."""
    closed.exclude(ENORMOUS)
    closed.exclude(7)
    open_sums(closed, {0: FOR, 1: FOR, 2: FOR, 3: FOR, 4: FOR, 5: AGAINST})
    with refusal("Poll_AlreadyTallied"):
        closed.exclude(NEGATIVE)


def test_refuses_a_call_through_a_contract(closed: OpenPoll, harness: Path) -> None:
    lender = closed.register.lenders[NEGATIVE]
    call = closed.calls.excludeLeaf(NEGATIVE, lender.leaf, closed.register.proof(NEGATIVE), lender.amount_fen, lender.blind)
    with refusal("Poll_CalledThroughContract"):
        closed.chain.forward(call, harness)


# --- the leaf


def test_refuses_an_index_beyond_the_leaves(closed: OpenPoll) -> None:
    """Also those that a careless path loop takes for the same leaf."""
    for beyond in (8, 256 + NEGATIVE, NEGATIVE + (1 << 32), (1 << 256) - 1):
        with refusal("Poll_IndexOutOfRange", beyond, 8):
            closed.exclude(NEGATIVE, as_index=beyond)


def test_refuses_another_lender_s_leaf(closed: OpenPoll) -> None:
    """A false leaf under an honest lender's index would take that lender out."""
    lender = closed.register.lenders[NEGATIVE]
    for index in (0, 4):
        with refusal("Poll_NotInRegister", index):
            closed.exclude(NEGATIVE, as_index=index)
        with refusal("Poll_NotInRegister", index):
            closed.exclude(index, leaf=lender.leaf, amount=lender.amount_fen, blind=lender.blind)


def test_refuses_another_class_or_commitment(announced: OpenPoll, closed: OpenPoll) -> None:
    other = close(OpenPoll.of(announced.world, two_classes([-700, 2_000])))
    _, x, y = other.register.lenders[2].leaf
    with refusal("Poll_NotInRegister", 2):
        other.exclude(2, leaf=(0, x, y))
    amount, blind = (N - 9_999, 77)
    with refusal("Poll_NotInRegister", 0):
        closed.exclude(0, leaf=(0, *commit(amount, blind)), amount=amount, blind=blind)


def test_refuses_a_leaf_of_another_register(closed: OpenPoll) -> None:
    foreign = Register(lenders(*[N - 5] * 8))
    for index in (0, NEGATIVE):
        lender = foreign.lenders[index]
        with refusal("Poll_NotInRegister", index):
            closed.exclude(index, leaf=lender.leaf, proof=foreign.proof(index), amount=lender.amount_fen, blind=lender.blind)


def test_refuses_a_proof_that_is_too_short_or_too_long(closed: OpenPoll) -> None:
    proof = closed.register.proof(NEGATIVE)
    for wrong in (proof[:-1], proof[1:], [*proof, bytes(32)], [], [*proof[:-1], bytes(32)]):
        with refusal("Poll_NotInRegister", NEGATIVE):
            closed.exclude(NEGATIVE, proof=wrong)


def test_refuses_a_leaf_of_a_class_that_the_register_does_not_have(announced: OpenPoll) -> None:
    register = Register([Lender(0, 0, 100, 7), Lender(1, 1, N - 5, 8)])
    poll = close(OpenPoll.of(announced.world, register, [(2, 95, 15)]))
    with refusal("Poll_ClassOutOfRange", 1, 1):
        poll.exclude(1)


def test_refuses_a_commitment_that_is_no_point(announced: OpenPoll) -> None:
    """Nobody can cast it, so nothing needs to be taken off."""
    wrong = points_that_are_none()
    register = Register([Lender.at(i, point) for i, point in enumerate(wrong.values())])
    poll = close(OpenPoll.of(announced.world, register, [(len(wrong), 0, 0)]))
    for index in range(len(wrong)):
        with refusal("Poll_CommitmentNotOnCurve", index):
            poll.exclude(index, amount=N - 5, blind=7)


# --- the opening


def test_refuses_a_valid_claim(closed: OpenPoll) -> None:
    for index in (0, 1, 2, 4, 5):
        with refusal("Poll_LeafHoldsClaim", index):
            closed.exclude(index)
    assert closed.admitted(0) == (8, 8_000)


def test_refuses_a_valid_claim_whose_amount_is_raised_by_the_order(closed: OpenPoll) -> None:
    """amount + order opens the same point; so do blinds of any height."""
    lender = closed.register.lenders[0]
    for blind in (lender.blind, lender.blind + N if lender.blind + N < 1 << 256 else lender.blind):
        with refusal("Poll_LeafHoldsClaim", 0):
            closed.exclude(0, amount=lender.amount_fen + N, blind=blind)


def test_refuses_a_wrong_amount_or_blind(closed: OpenPoll) -> None:
    for index in (0, NEGATIVE, ENORMOUS):
        lender = closed.register.lenders[index]
        changes: list[dict[str, Any]] = [
            {"amount": N - 1},
            {"amount": 1 << 63},
            {"amount": N},
            {"amount": (1 << 256) - 1},
            {"amount": N - lender.amount_fen},
            {"amount": lender.amount_fen, "blind": lender.blind + 1},
            {"amount": lender.amount_fen, "blind": N - lender.blind},
            {"amount": N - 1, "blind": 0},
            {"amount": N - lender.amount_fen, "blind": N - lender.blind},
        ]
        for change in changes:
            with refusal("Poll_LeafHoldsClaim", index):
                closed.exclude(index, **change)


def test_refuses_the_largest_claim_and_accepts_one_fen_more(announced: OpenPoll) -> None:
    register = Register(lenders((1 << 63) - 1, 1 << 63, -1, -(1 << 64)))
    poll = close(OpenPoll.of(announced.world, register, [(4, 0, 0)]))
    with refusal("Poll_LeafHoldsClaim", 0):
        poll.exclude(0)
    for index in (1, 2, 3):
        poll.exclude(index)
    assert poll.admitted(0) == (1, (1 << 64) + 1 - (1 << 63))


def test_refuses_the_same_leaf_again(closed: OpenPoll) -> None:
    closed.exclude(NEGATIVE)
    before = (closed.admitted(0), closed.heads(0), closed.sums(0))
    with refusal("Poll_LeafAlreadyExcluded", NEGATIVE):
        closed.exclude(NEGATIVE)
    with refusal("Poll_LeafAlreadyExcluded", NEGATIVE):
        closed.exclude(NEGATIVE, blind=closed.register.lenders[NEGATIVE].blind + 1)
    assert (closed.admitted(0), closed.heads(0), closed.sums(0)) == before


# --- a leaf that nobody cast


def excluded_event(poll: OpenPoll, receipt: Any) -> dict[str, Any]:
    assert len(receipt["logs"]) == 1
    (event,) = poll.contract.events.LeafExcluded().process_receipt(receipt)
    return dict(event["args"])


def test_takes_head_and_amount_off_what_is_admitted_and_nothing_else(closed: OpenPoll) -> None:
    heads, sums = closed.heads(0), closed.sums(0)
    event = excluded_event(closed, closed.exclude(7))
    amount = (2_000 - (1 << 200)) % N
    assert event == {"index": 7, "votingClass": 0, "amount": amount, "recorded": 0}
    assert closed.admitted(0) == (7, (8_000 - amount) % N)
    assert (closed.heads(0), closed.sums(0)) == (heads, sums)
    assert closed.calls.classes().call() == closed.register.classes, "what was frozen stays as it was"


def test_takes_it_from_anyone(closed: OpenPoll) -> None:
    closed.exclude(NEGATIVE, sender=closed.chain.accounts[7])
    assert closed.admitted(0) == (7, 708_000)


def test_accepts_a_blind_of_zero_and_a_blind_raised_by_the_order(announced: OpenPoll) -> None:
    register = Register([Lender(0, 0, N - 5, 0), Lender(1, 0, N - 7, 9), Lender(2, 0, 1_000, 8)])
    poll = close(OpenPoll.of(announced.world, register))
    poll.exclude(0, blind=N)
    poll.exclude(1, blind=9 + N)
    assert poll.admitted(0) == (1, 1_000)


def test_keeps_the_classes_apart(announced: OpenPoll) -> None:
    """Leaves of the same amount and blind in sixteen classes, each taken out once."""
    register = Register([Lender(i, i % 16, (N - 5) if i < 16 else 1_000 + i, 7) for i in range(32)])
    poll = close(OpenPoll.of(announced.world, register))
    for index in (0, 5, 15):
        poll.exclude(index)
    for voting_class in range(16):
        taken = voting_class in (0, 5, 15)
        assert poll.admitted(voting_class) == (2 - taken, 1_011 + voting_class + 5 * taken)
    with refusal("Poll_ClassOutOfRange", 16, 16):
        poll.chain.send(poll.calls.admitted(16))


# --- a leaf that was cast


def test_takes_the_ballot_off_heads_and_sums_and_emits_it(closed: OpenPoll) -> None:
    event = excluded_event(closed, closed.exclude(NEGATIVE))
    assert event == {"index": NEGATIVE, "votingClass": 0, "amount": N - 700_000, "recorded": FOR}
    assert closed.heads(0) == [4, 2, 0]
    assert closed.sums(0) == [total(closed, 0, 1, 2, 4), total(closed, 5, 6), (0, 0)]
    event = excluded_event(closed, closed.exclude(ENORMOUS))
    assert (event["amount"], event["recorded"]) == (1 << 200, AGAINST)
    assert closed.heads(0) == [4, 1, 0]
    assert closed.sums(0) == [total(closed, 0, 1, 2, 4), total(closed, 5), (0, 0)]


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in batches"])
def test_takes_off_the_newest_choice_of_a_lender_who_changed_the_ballot(held: OpenPoll, alone: bool) -> None:
    for sequence, choice in enumerate((FOR, AGAINST, AGAINST, ABSTAIN), 1):
        votes = [held.vote(NEGATIVE, choice, sequence), held.vote(4, choice, sequence)]
        if alone:
            for vote in votes:
                held.cast(vote)
        else:
            held.cast_batch(votes)
    close(held)
    assert excluded_event(held, held.exclude(NEGATIVE))["recorded"] == ABSTAIN
    assert held.heads(0) == [0, 0, 1]
    assert held.sums(0) == [(0, 0), (0, 0), total(held, 4)]


def test_returns_the_sum_to_infinity_when_it_was_the_only_one(held: OpenPoll) -> None:
    held.cast(held.vote(NEGATIVE, ABSTAIN))
    held.cast(held.vote(0, FOR))
    close(held).exclude(NEGATIVE)
    assert (held.heads(0), held.sums(0)) == ([1, 0, 0], [total(held, 0), (0, 0), (0, 0)])


def test_leaves_what_is_recorded_for_the_lender(closed: OpenPoll) -> None:
    """A replay of the events gives the record; what was taken out is subtracted after it."""
    closed.exclude(NEGATIVE)
    assert [closed.ballot_of(i) for i in range(8)] == [(FOR, 1)] * 5 + [(AGAINST, 1)] * 2 + [(0, 0)]
