"""excludeLeaf(): a leaf whose opening shows that it holds no claim is taken out, so that nobody can keep the sums shut by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import (
    ABSTAIN,
    AGAINST,
    FOR,
    Lender,
    N,
    Register,
    commit,
    opening,
    points_that_are_none,
    secret,
)
from tests.contracts.chain import refusal
from tests.contracts.world import OpenPoll

TALLIED = 3
NEGATIVE, ENORMOUS = 3, 6
#: Heads: at least half of all admitted vote for.
HALF_OF_HEADS = [(0, 0, 0, 1, 2, False)]


def blind_of(*words: object) -> int:
    return int.from_bytes(secret("blind", *words), "big")


def lenders(*amounts: int, classes: int = 1) -> list[Lender]:
    return [Lender(i, i % classes, amount % N, blind_of(i)) for i, amount in enumerate(amounts)]


def poisoned() -> Register:
    """Eight lenders of one class, of 1,000 fen each on the whole: leaf 3 is negative by what leaf 4 has too much, leaf 6 wraps round."""
    amounts = [1_000] * 8
    amounts[NEGATIVE], amounts[4] = -700_000, 702_000
    amounts[ENORMOUS], amounts[7] = 1 << 200, 2_000 - (1 << 200)
    register = Register(lenders(*amounts))
    assert register.classes == [(8, 8_000, sum(one.blind for one in register.lenders) % N)]
    return register


@pytest.fixture
def held(announced: OpenPoll) -> OpenPoll:
    """A poll on the poisoned register, open."""
    return OpenPoll.of(announced.world, poisoned())


@pytest.fixture
def closed(held: OpenPoll) -> OpenPoll:
    """The same after the close; leaves 0 to 4 voted for, 5 and 6 against."""
    held.cast_batch([held.vote(i, FOR if i < 5 else AGAINST) for i in range(7)])
    held.chain.warp(held.terms.closes_at)
    return held


def total(poll: OpenPoll, *indexes: int) -> tuple[int, int]:
    chosen = [poll.register.lenders[i] for i in indexes]
    return commit(sum(one.amount_fen for one in chosen) % N, sum(one.blind for one in chosen) % N)


def open_sums(poll: OpenPoll, newest: dict[int, int]) -> Any:
    return poll.chain.send(poll.calls.openSums(opening(poll.register, newest)))


def close(poll: OpenPoll) -> OpenPoll:
    poll.chain.warp(poll.terms.closes_at)
    return poll


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
        for change in (
            {"amount": N - 1},
            {"amount": 1 << 63},
            {"amount": N},
            {"amount": (1 << 256) - 1},
            {"amount": N - lender.amount_fen},
            {"amount": lender.amount_fen, "blind": lender.blind + 1},
            {"amount": lender.amount_fen, "blind": N - lender.blind},
            {"amount": N - 1, "blind": 0},
            {"amount": N - lender.amount_fen, "blind": N - lender.blind},
        ):
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


# --- the sums afterwards


def test_ends_the_veto_of_a_negative_leaf(held: OpenPoll) -> None:
    """Cast alone the leaf keeps the sums shut; those who voted honestly get their result all the same."""
    held.cast_batch([held.vote(0, FOR), held.vote(1, FOR), held.vote(NEGATIVE, ABSTAIN)])
    close(held)
    with refusal("Poll_OpeningWrong", 0, ABSTAIN):
        open_sums(held, {0: FOR, 1: FOR, NEGATIVE: ABSTAIN})
    held.exclude(NEGATIVE)
    open_sums(held, {0: FOR, 1: FOR})
    assert tuple(held.calls.tallies().call()[0]) == (2, 0, 0, 2_000, 0, 0)
    assert held.calls.passed().call() is True


def test_ends_the_veto_of_an_enormous_leaf(held: OpenPoll) -> None:
    held.cast_batch([held.vote(0, FOR), held.vote(ENORMOUS, FOR)])
    close(held)
    with refusal("Poll_OpeningWrong", 0, FOR):
        open_sums(held, {0: FOR, ENORMOUS: FOR})
    held.exclude(ENORMOUS)
    with refusal("Poll_AdmittedOutOfRange", 0, (8_000 - (1 << 200)) % N):
        open_sums(held, {0: FOR})
    held.exclude(7)
    open_sums(held, {0: FOR})
    assert held.calls.stage().call() == TALLIED


def test_opens_sums_of_2_to_the_63_and_more(announced: OpenPoll) -> None:
    """What leaves of the largest claim add up to once the leaf that made up for them is gone."""
    largest = (1 << 63) - 1
    register = Register(lenders(*[largest] * 5, 1_000 - 5 * largest))
    assert register.classes[0][:2] == (6, 1_000)
    poll = OpenPoll.of(announced.world, register)
    newest = {0: FOR, 1: FOR, 2: FOR, 3: AGAINST, 4: ABSTAIN}
    poll.cast_batch([poll.vote(i, choice) for i, choice in newest.items()])
    close(poll)
    with refusal("Poll_MoreThanAdmitted", 0, 5 * largest, 1_000):
        open_sums(poll, newest)
    poll.exclude(5)
    open_sums(poll, newest)
    assert tuple(poll.calls.tallies().call()[0]) == (3, 1, 1, 3 * largest, largest, largest)
    assert poll.admitted(0) == (5, 5 * largest)


@pytest.mark.parametrize(("left", "opens"), [((1 << 88) - 1, True), (1 << 88, False), (N - (1 << 63), False)])
def test_does_not_open_while_what_is_admitted_is_out_of_range(announced: OpenPoll, left: int, opens: bool) -> None:
    register = Register(lenders(1_000, -left))
    poll = close(OpenPoll.of(announced.world, register, [(2, 0, 0)]))
    poll.exclude(1)
    assert poll.admitted(0) == (1, left)
    if opens:
        open_sums(poll, {})
        return
    with refusal("Poll_AdmittedOutOfRange", 0, left):
        open_sums(poll, {})


def test_opens_once_another_leaf_was_taken_out(closed: OpenPoll) -> None:
    """Each of the two alone puts the class's amount out of range; without both it is what the honest leaves hold."""
    newest = {0: FOR, 1: FOR, 2: FOR, 4: FOR, 5: AGAINST}
    closed.exclude(NEGATIVE)
    closed.exclude(ENORMOUS)
    with refusal("Poll_AdmittedOutOfRange", 0, (708_000 - (1 << 200)) % N):
        open_sums(closed, newest)
    closed.exclude(7)
    open_sums(closed, newest)
    assert tuple(closed.calls.tallies().call()[0]) == (4, 1, 0, 705_000, 1_000, 0)
    assert closed.admitted(0) == (5, 706_000)


@pytest.mark.parametrize("taken_out", [0, 1, 2])
def test_measures_the_rule_by_what_is_left(announced: OpenPoll, taken_out: int) -> None:
    """Two of six heads are less than half, two of five too, two of four are half."""
    register = Register(lenders(1_000, 1_000, 1_000, 1_000, -700, -800))
    poll = OpenPoll.of(announced.world, register, conditions=HALF_OF_HEADS)
    poll.cast_batch([poll.vote(0, FOR), poll.vote(1, FOR)])
    close(poll)
    for index in range(4, 4 + taken_out):
        poll.exclude(index)
    open_sums(poll, {0: FOR, 1: FOR})
    assert poll.calls.passed().call() is (taken_out == 2)


def two_classes(second: list[int]) -> Register:
    """Class 0 of two honest lenders, class 1 of leaves of these amounts."""
    first = [Lender(0, 0, 1_000, blind_of("a")), Lender(1, 0, 1_000, blind_of("b"))]
    return Register([*first, *(Lender(2 + i, 1, amount % N, blind_of(i)) for i, amount in enumerate(second))])


@pytest.mark.parametrize("cast", [True, False], ids=["cast", "not cast"])
def test_does_not_ask_a_class_of_which_every_leaf_was_taken_out(announced: OpenPoll, cast: bool) -> None:
    poll = OpenPoll.of(announced.world, two_classes([1 << 70, 1 << 63, 2_000 - (1 << 70) - (1 << 63)]))
    votes = {0: FOR, 1: FOR} | ({2: AGAINST, 3: AGAINST} if cast else {})
    poll.cast_batch([poll.vote(i, choice) for i, choice in votes.items()])
    close(poll)
    for index in (2, 3, 4):
        poll.exclude(index)
    assert (poll.admitted(1), poll.heads(1)) == ((0, 0), [0, 0, 0])
    open_sums(poll, {0: FOR, 1: FOR})
    assert poll.calls.passed().call() is True
    assert [tuple(row) for row in poll.calls.tallies().call()] == [(2, 0, 0, 2_000, 0, 0), (0,) * 6]


def test_does_not_pass_when_no_class_is_left(announced: OpenPoll) -> None:
    """Under a rule of one half of the heads admitted, nought of nought would be enough."""
    register = Register(lenders(*[1 << 63] * 2, *[1_000 - (1 << 63)] * 2, classes=2))
    poll = OpenPoll.of(announced.world, register, conditions=HALF_OF_HEADS)
    poll.cast_batch([poll.vote(i, FOR) for i in range(4)])
    close(poll)
    for index in range(4):
        poll.exclude(index)
    assert [poll.admitted(k) for k in (0, 1)] == [(0, 0)] * 2
    open_sums(poll, {})
    assert poll.calls.passed().call() is False


def test_asks_a_class_in_which_a_ballot_is_left_whatever_heads_were_frozen(announced: OpenPoll) -> None:
    """Heads that were frozen too low would otherwise silence a class by one false leaf in it."""
    register = two_classes([1_000, 1_000, -700])
    frozen = [(4, 2_000, register.classes[0][2]), (1, register.classes[1][1], register.classes[1][2])]
    poll = OpenPoll.of(announced.world, register, frozen)
    newest = {0: FOR, 1: FOR, 2: AGAINST, 3: AGAINST}
    poll.cast_batch([poll.vote(i, choice) for i, choice in newest.items()])
    close(poll).exclude(4)
    assert poll.admitted(1) == (0, 2_000)
    open_sums(poll, newest)
    assert poll.calls.passed().call() is False


def test_gives_no_result_where_more_leaves_were_taken_out_than_heads_were_frozen(announced: OpenPoll) -> None:
    """A register false in what its published leaves show to everybody; its result would be worth nothing."""
    register = two_classes([2_300, -600, -700])
    frozen = [(4, 2_000, 0), (1, 1_000, 0)]
    poll = close(OpenPoll.of(announced.world, register, frozen))
    poll.exclude(3)
    poll.exclude(4)
    with pytest.raises(Exception, match="4e487b71"):  # Panic(0x11): the subtraction runs below 0
        open_sums(poll, {})
