"""Whose amount follows from totals: compared with trying out every amount, and by hand where the answer is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.ground.common.voting import FEW_LENDERS, Choice
from backend.vote.leaks.rules import (
    ClassMember,
    LeakReport,
    Reason,
    RecordedPoll,
    Remedy,
    choice_groups,
    class_groups,
    told_by,
    told_places,
)

LENDERS = 5
MIDDLE = 3
AMOUNTS = range(MIDDLE - 3, MIDDLE + 4)
"""With five lenders no column of a combination is taken more than three times (the largest 0/1 determinant of four rows), so that three
fen up and down are enough to move an amount if anything moves it."""


def told_by_trying(totals: list[frozenset[int]]) -> set[int]:
    """A lender is told when among all amounts with the same totals as `MIDDLE` for everybody the lender has no other amount."""
    wanted = [MIDDLE * len(total) for total in totals]
    told = set().union(*totals)
    for amounts in product(AMOUNTS, repeat=LENDERS):
        if all(sum(amounts[lender] for lender in total) == sum_ for total, sum_ in zip(totals, wanted, strict=True)):
            told -= {lender for lender in told if amounts[lender] != MIDDLE}
            if not told:
                break
    return told


@settings(max_examples=60, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, LENDERS - 1), min_size=1), min_size=1, max_size=6))
@example([frozenset({0, 1}), frozenset({1, 2}), frozenset({0, 2})])
@example([frozenset({0, 1}), frozenset({1, 2}), frozenset({2, 3}), frozenset({0, 3})])
@example([frozenset({0, 1, 2, 3, 4}), frozenset({0, 1, 2, 3})])
def test_it_is_what_trying_out_every_amount_says(totals: list[frozenset[int]]) -> None:
    assert told_by(totals) == told_by_trying(totals)


@given(st.lists(st.frozensets(st.integers(0, 30), min_size=1), max_size=12), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_tells_anything(totals: list[frozenset[int]], random: object) -> None:
    shuffled = [*totals, *totals]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert told_by(shuffled) == told_by(totals)


@given(st.lists(st.frozensets(st.integers(0, 30), min_size=1), max_size=12), st.frozensets(st.integers(0, 30), min_size=1))
def test_one_more_total_never_takes_knowledge_away(totals: list[frozenset[int]], more: frozenset[int]) -> None:
    assert told_by(totals) <= told_by([*totals, more])


def members(*classes: int) -> list[ClassMember]:
    """As many lenders in each class; the person is the index."""
    numbers = [number for number, heads in enumerate(classes) for _ in range(heads)]
    return [ClassMember(index, number, f"person {index}", 1000 + index) for index, number in enumerate(numbers)]


def told(registers: dict[int, list[ClassMember]], *polls: RecordedPoll) -> set[int]:
    return {index for _, index in told_places(registers, polls)}


def everybody_for(heads: int, **otherwise: Choice) -> dict[int, Choice]:
    return dict.fromkeys(range(heads), Choice.FOR) | {int(index[1:]): choice for index, choice in otherwise.items()}


def test_a_lone_chooser_and_a_lone_absent_one_are_told_and_nobody_else() -> None:
    choices = everybody_for(40, _7=Choice.AGAINST, _9=Choice.NONE)
    assert told({0: members(40)}, RecordedPoll(0, choices, [])) == {7, 9}


def test_a_class_of_one_is_told_by_the_register_alone() -> None:
    assert told({0: members(3, 1, 2)}) == {3}


def test_two_polls_over_one_register_tell_who_changed() -> None:
    first = RecordedPoll(0, everybody_for(40) | dict.fromkeys(range(20), Choice.AGAINST), [])
    second = RecordedPoll(0, dict(first.choices) | {3: Choice.FOR}, [])
    assert told({0: members(40)}, first) == set()
    assert told({0: members(40)}, first, second) == {3}


def test_two_registers_tell_who_was_left_out() -> None:
    registers = {0: members(40), 1: [each for each in members(40) if each.index != 11]}
    assert told(registers) == {11}


def with_amounts(everyone: list[ClassMember], **amounts: int) -> list[ClassMember]:
    """The same lenders in another order of indexes, some with another amount."""
    changed = {int(index[1:]): fen for index, fen in amounts.items()}
    heads = len(everyone)
    return [replace(each, index=heads - 1 - each.index, amount_fen=changed.get(each.index, each.amount_fen)) for each in everyone]


def test_two_registers_tell_what_changed_in_one_lenders_amount() -> None:
    before = members(40)
    assert told_places({0: before, 1: with_amounts(before, _5=77)}, []) == {(1, 34)}
    assert told_places({0: before, 1: with_amounts(before, _5=77, _6=78)}, []) == set()
    assert told_places({0: before, 1: with_amounts(before)}, []) == set()


def test_once_told_by_one_register_a_lender_is_told_in_the_other() -> None:
    """The first poll tells lender 5's amount; the second register tells what the rest has, and so the new amount."""
    before = members(40)
    poll = RecordedPoll(0, everybody_for(40, _5=Choice.AGAINST), [])
    assert told_places({0: before, 1: with_amounts(before, _5=77)}, [poll]) == {(0, 5), (1, 34)}


def test_three_polls_tell_together_what_no_two_of_them_do() -> None:
    """Against: {0, 1} and others, {1, 2} and others, {0, 2} and others; twice lender 0 is the first plus the third less the second."""

    def poll(*against: int) -> RecordedPoll:
        return RecordedPoll(0, everybody_for(43) | dict.fromkeys(against, Choice.AGAINST), [])

    polls = [poll(0, 1), poll(1, 2), poll(0, 2)]
    assert told({0: members(43)}, polls[0], polls[1]) == set()
    assert told({0: members(43)}, *polls) == {0, 1, 2}


def test_a_step_of_the_turnout_picture_is_a_total_too() -> None:
    choices = everybody_for(40)
    assert told({0: members(6, 34)}, RecordedPoll(0, choices, [range(1, 40)])) == {0}


def test_groups_say_why() -> None:
    everyone = members(40, 2, 1)
    choices = everybody_for(40, _0=Choice.AGAINST, _1=Choice.ABSTAIN, _2=Choice.ABSTAIN)
    groups = choice_groups(["甲", "乙", "丙"], everyone, choices, told({0: everyone}, RecordedPoll(0, choices, [])))
    said = {(group.class_name, group.choice): (group.heads, group.told, set(group.reasons)) for group in groups}
    assert said == {
        ("甲", None): (40, 1, set()),
        ("甲", Choice.FOR): (37, 0, set()),
        ("甲", Choice.AGAINST): (1, 1, {Reason.LONE, Reason.FEW}),
        ("甲", Choice.ABSTAIN): (2, 0, {Reason.PAIR, Reason.FEW}),
        ("乙", None): (2, 0, {Reason.PAIR, Reason.FEW}),
        ("乙", Choice.NONE): (2, 0, {Reason.PAIR, Reason.FEW}),
        ("丙", None): (1, 1, {Reason.CLASS_OF_ONE, Reason.FEW}),
        ("丙", Choice.NONE): (1, 1, {Reason.LONE, Reason.FEW}),
    }
    report = LeakReport(True, groups, (Remedy.ACCEPT,))
    assert report.told == 2
    assert len(report.leaking) == 6
    assert '"class":"甲"' in report.text


def test_groups_at_the_limit() -> None:
    [few, enough] = class_groups(["a", "b"], members(FEW_LENDERS - 1, FEW_LENDERS), set())
    assert (few.reasons, enough.reasons) == ((Reason.FEW,), ())


def test_a_difference_is_named_where_somebody_in_a_crowd_is_told() -> None:
    everyone = members(40)
    [group] = class_groups(["a"], everyone, {3})
    assert (group.told, group.reasons) == (1, (Reason.DIFFERENCE,))
    [_, crowd] = choice_groups(["a"], everyone, everybody_for(40), {3})
    assert crowd.reasons == (Reason.DIFFERENCE,)


def test_the_hash_is_about_what_is_told() -> None:
    def report(heads: int, number: int) -> LeakReport:
        return LeakReport(False, class_groups(["a", "b"], members(heads, number), set()), ())

    assert report(40, 3).hash == report(41, 3).hash, "a class that tells nothing is in no acknowledgement"
    assert report(40, 3).hash != report(40, 4).hash
