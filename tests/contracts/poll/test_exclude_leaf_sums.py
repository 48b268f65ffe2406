"""excludeLeaf(): nobody can keep the sums shut by a leaf that holds no claim; what opens once it was taken out, and by which rule."""

from __future__ import annotations

import pytest

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, N, Register
from tests.contracts.chain import refusal
from tests.contracts.poll.poisoned import (
    ENORMOUS,
    HALF_OF_HEADS,
    NEGATIVE,
    TALLIED,
    close,
    closed,
    held,
    lenders,
    open_sums,
    two_classes,
)
from tests.contracts.world import OpenPoll

__all__ = ["closed", "held"]


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
