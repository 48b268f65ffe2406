"""openSums(): the sums are opened, the rule is applied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, Lender, N, Register, opening
from tests.contracts.chain import refusal
from tests.contracts.world import OpenPoll

ANNOUNCED, OPEN, CLOSED, TALLIED = range(4)
Openings = list[tuple[int, ...]]


def cast_all(poll: OpenPoll, newest: dict[int, int]) -> Openings:
    if newest:
        poll.cast_batch([poll.vote(i, choice) for i, choice in sorted(newest.items())])
    return opening(poll.register, newest)


def open_sums(poll: OpenPoll, openings: Openings, at: int | None = None, sender: str | None = None) -> object:
    return poll.chain.send(poll.calls.openSums(openings), at=at, sender=sender)


def changed(openings: Openings, voting_class: int, field: int, value: int) -> Openings:
    rows = [list(row) for row in openings]
    rows[voting_class][field] = value
    return [tuple(row) for row in rows]


@pytest.fixture
def openings(poll: OpenPoll) -> Openings:
    """Class 0: two for, one against, one abstains; class 1: two for. Then the poll is closed."""
    found = cast_all(poll, {0: FOR, 2: FOR, 8: AGAINST, 10: ABSTAIN, 1: FOR, 3: FOR})
    poll.chain.warp(poll.terms.closes_at)
    return found


def test_refuses_before_opening_and_a_second_before_closesat(announced: OpenPoll) -> None:
    closes_at = announced.terms.closes_at
    empty = opening(announced.register, {})
    with refusal("Poll_StillOpen", closes_at, ...):
        open_sums(announced, empty)
    with refusal("Poll_StillOpen", closes_at, closes_at - 1):
        open_sums(announced, empty, at=closes_at - 1)


def test_refuses_another_number_of_openings_than_classes(poll: OpenPoll, openings: Openings) -> None:
    for wrong in ([], openings[:1], [*openings, (0,) * 6]):
        with refusal("Poll_OpeningCountWrong", len(wrong), 2):
            open_sums(poll, wrong)


def test_refuses_an_amount_off_by_one_fen(poll: OpenPoll, openings: Openings) -> None:
    for voting_class, field, choice in ((0, 0, FOR), (0, 2, AGAINST), (0, 4, ABSTAIN), (1, 0, FOR)):
        for step in (-1, 1):
            wrong = changed(openings, voting_class, field, openings[voting_class][field] + step)
            with refusal("Poll_OpeningWrong", voting_class, choice):
                open_sums(poll, wrong)


def test_refuses_a_wrong_blind(poll: OpenPoll, openings: Openings) -> None:
    for voting_class, field, choice in ((0, 1, FOR), (0, 3, AGAINST), (0, 5, ABSTAIN), (1, 1, FOR)):
        right = openings[voting_class][field]
        for wrong in (right + 1, N - right, 0):
            with refusal("Poll_OpeningWrong", voting_class, choice):
                open_sums(poll, changed(openings, voting_class, field, wrong))


def test_refuses_amounts_of_two_choices_exchanged(poll: OpenPoll, openings: Openings) -> None:
    row = openings[0]
    with refusal("Poll_OpeningWrong", 0, FOR):
        open_sums(poll, [(*row[2:4], *row[:2], *row[4:]), openings[1]])


def test_refuses_amounts_of_two_classes_exchanged(poll: OpenPoll, openings: Openings) -> None:
    with refusal("Poll_OpeningWrong", 0, FOR):
        open_sums(poll, openings[::-1])


def test_refuses_an_amount_beyond_2_to_the_88_that_opens_modulo_the_order(poll: OpenPoll, openings: Openings) -> None:
    """amount + order is the same point: without the limit it would open."""
    for wrong in (openings[0][0] + N, 1 << 63, 1 << 88, (1 << 256) - 1):
        with refusal("Poll_OpeningWrong", 0, FOR):
            open_sums(poll, changed(openings, 0, 0, wrong))


def test_refuses_a_negative_amount(announced: OpenPoll) -> None:
    """A register whose leaf commits to -5 fen, as order - 5: its sum cannot be opened while it is in (exclude_leaf.tree)."""
    register = Register([Lender(0, 0, N - 5, 12345), Lender(1, 0, 100, 6789)])
    assert register.classes == [(2, 95, 12345 + 6789)]
    poll = OpenPoll.of(announced.world, register)
    poll.cast(poll.vote(0, FOR))
    poll.chain.warp(poll.terms.closes_at)
    with refusal("Poll_OpeningWrong", 0, FOR):
        open_sums(poll, [(N - 5, 12345, 0, 0, 0, 0)])


def test_refuses_anything_but_zero_for_an_empty_sum(poll: OpenPoll, openings: Openings) -> None:
    for field, value in ((2, 1), (3, 1), (4, 1), (5, 1), (3, N)):
        with refusal("Poll_OpeningWrong", 1, AGAINST if field in {2, 3} else ABSTAIN):
            open_sums(poll, changed(openings, 1, field, value))


def test_refuses_a_blind_of_zero_for_a_sum_that_has_one(poll: OpenPoll, openings: Openings) -> None:
    for blind in (0, N):
        with refusal("Poll_OpeningWrong", 0, FOR):
            open_sums(poll, changed(openings, 0, 1, blind))


@pytest.mark.parametrize("blind", [0, N], ids=["0", "the order"])
def test_accepts_a_blind_of_zero(announced: OpenPoll, blind: int) -> None:
    """Two blinds that cancel out leave amount * G: whoever made the register so must not keep the sums shut by it."""
    register = Register([Lender(0, 0, 100, 7), Lender(1, 0, 200, N - 7)])
    poll = OpenPoll.of(announced.world, register)
    cast_all(poll, {0: FOR, 1: FOR})
    poll.chain.warp(poll.terms.closes_at)
    for fen in (0, 299, 301, N - 300):
        with refusal("Poll_OpeningWrong", 0, FOR):
            open_sums(poll, [(fen, blind, 0, 0, 0, 0)])
    open_sums(poll, [(300, blind, 0, 0, 0, 0)])
    assert tuple(poll.calls.tallies().call()[0]) == (2, 0, 0, 300, 0, 0)


@pytest.mark.parametrize("fen", [1, 12_345, (1 << 63) - 1])
def test_opens_a_leaf_whose_blind_is_zero_alone(announced: OpenPoll, fen: int) -> None:
    poll = OpenPoll.of(announced.world, Register([Lender(0, 0, fen, 0)]))
    cast_all(poll, {0: AGAINST})
    poll.chain.warp(poll.terms.closes_at)
    with refusal("Poll_OpeningWrong", 0, AGAINST):
        open_sums(poll, [(0, 0, fen - 1, 0, 0, 0)])
    open_sums(poll, [(0, 0, fen, 0, 0, 0)])
    assert tuple(poll.calls.tallies().call()[0]) == (0, 1, 0, 0, fen, 0)


def test_accepts_a_blind_raised_by_the_order(poll: OpenPoll, openings: Openings) -> None:
    """Blinds count modulo the order, so the result is the same."""
    if openings[0][1] + N < 1 << 256:
        open_sums(poll, changed(openings, 0, 1, openings[0][1] + N))
    else:
        open_sums(poll, openings)
    assert poll.calls.stage().call() == TALLIED


def test_refuses_more_than_was_admitted(announced: OpenPoll) -> None:
    """Officials froze a total below what the leaves add up to."""
    world, register = announced.world, announced.register
    poll = OpenPoll.of(world, register, [(heads, 25_000, blind) for heads, _, blind in register.classes])
    openings = cast_all(poll, {1: FOR, 2: FOR, 4: AGAINST, 8: ABSTAIN})
    world.chain.warp(poll.terms.closes_at)
    fen = sum(register.lenders[i].amount_fen for i in (2, 4, 8))
    with refusal("Poll_MoreThanAdmitted", 0, fen, 25_000):
        open_sums(poll, openings)


def test_tallies_exactly_at_closesat(poll: OpenPoll) -> None:
    openings = cast_all(poll, {0: FOR})
    closes_at = poll.terms.closes_at
    assert poll.calls.stage().call() == OPEN
    open_sums(poll, openings, at=closes_at)
    assert poll.calls.challengeEndsAt().call() == closes_at + poll.terms.challenge_seconds
    assert poll.calls.stage().call() == TALLIED


def test_keeps_and_emits_tallies_and_result(poll: OpenPoll, openings: Openings) -> None:
    receipt = open_sums(poll, openings)
    rows = [(2, 1, 1, *openings[0][::2]), (2, 0, 0, *openings[1][::2])]
    kinds = ["address", "(uint256,uint256,uint256,uint256,uint256,uint256)[]", "bool"]
    expected = keccak(encode(kinds, [poll.contract.address, rows, False]))
    assert poll.calls.resultHash().call() == expected
    assert [tuple(row) for row in poll.calls.tallies().call()] == rows
    (event,) = poll.contract.events.PollTallied().process_receipt(receipt)
    assert [tuple(row.values()) for row in event["args"]["tallies"]] == rows
    assert (event["args"]["resultHash"], event["args"]["passed"]) == (expected, False)
    assert event["args"]["challengeEndsAt"] == poll.calls.challengeEndsAt().call()


@pytest.mark.parametrize(
    "newest",
    [{0: FOR, 1: FOR}, {100: FOR, 102: FOR, 0: AGAINST, 1: FOR, 3: ABSTAIN, 5: FOR}],
    ids=["alone", "against some"],
)
def test_passes_the_plan_when_every_class_carries_it(poll: OpenPoll, newest: dict[int, int]) -> None:
    openings = cast_all(poll, newest)
    open_sums(poll, openings, at=poll.terms.closes_at)
    assert poll.calls.passed().call() is True


@pytest.mark.parametrize("voting_class", [0, 1])
def test_does_not_pass_when_one_class_fails(poll: OpenPoll, voting_class: int) -> None:
    openings = cast_all(poll, {voting_class: AGAINST, 1 - voting_class: FOR, 3 - voting_class: FOR})
    open_sums(poll, openings, at=poll.terms.closes_at)
    assert poll.calls.passed().call() is False


def test_does_not_pass_when_nobody_voted(poll: OpenPoll) -> None:
    open_sums(poll, cast_all(poll, {}), at=poll.terms.closes_at)
    assert poll.calls.passed().call() is False


def test_does_not_pass_when_all_abstain(announced: OpenPoll) -> None:
    """Under a rule of turnout alone, abstentions would carry the plan but for the guard."""
    world = announced.world
    terms = replace(world.terms(), conditions=[(0, 1, 0, 1, 1_000_000, False)])
    poll = OpenPoll.announce(world, announced.register, terms)
    world.chain.warp(terms.opens_at)
    open_sums(poll, cast_all(poll, {0: ABSTAIN, 1: FOR}), at=terms.closes_at)
    assert poll.calls.passed().call() is False


def test_refuses_a_second_opening(poll: OpenPoll, openings: Openings) -> None:
    open_sums(poll, openings)
    with refusal("Poll_AlreadyTallied"):
        open_sums(poll, openings)


def test_says_that_nothing_is_tallied_before(poll: OpenPoll, openings: Openings) -> None:
    assert poll.calls.stage().call() == CLOSED
    assert poll.calls.resultHash().call() == bytes(32)
    for call in (poll.calls.tallies(), poll.calls.passed()):
        with refusal("Poll_NotTallied"):
            poll.chain.send(call)


def test_takes_the_opening_from_anyone(poll: OpenPoll, openings: Openings) -> None:
    open_sums(poll, openings, sender=poll.chain.accounts[7])
    assert poll.calls.stage().call() == TALLIED


def test_refuses_a_call_through_a_contract(poll: OpenPoll, openings: Openings, harness: Path) -> None:
    with refusal("Poll_CalledThroughContract"):
        poll.chain.forward(poll.calls.openSums(openings), harness)


def test_refuses_ballots_afterwards(poll: OpenPoll, openings: Openings) -> None:
    open_sums(poll, openings)
    with refusal("Poll_Closed"):
        poll.cast(poll.vote(12, FOR))
    with refusal("Poll_Closed"):
        poll.cast_batch([poll.vote(12, FOR)])
