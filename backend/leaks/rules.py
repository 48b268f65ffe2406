"""Whose amount follows from published totals, in whole numbers; pure.

Every published total is the sum of some lenders' amounts: of a class, of a choice in a class, of a step of the turnout picture. A lender's
amount can be worked out when totals, added to and taken from each other in any multiples, leave that lender alone. A stranger who knows who
is in which total can do so; whether strangers know that is not asked, in the lenders' favour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import gcd
from typing import Any

from backend.common.hashing import canonical_json, keccak
from backend.common.voting import FEW_LENDERS, Choice

Lender = Hashable
"""A lender with one amount: the same lender with another amount, in a later register, is another unknown."""
Vector = dict[Any, int]


class Reason(StrEnum):
    """Why a group's total tells something."""

    CLASS_OF_ONE = "class_of_one"
    LONE = "lone"
    PAIR = "pair"
    FEW = "few"
    DIFFERENCE = "difference"


class Remedy(StrEnum):
    """What officials can do."""

    MERGE_CLASSES = "merge_classes"
    ACCEPT = "accept"


@dataclass(frozen=True)
class ClassMember:
    """A lender in a register: place in it, number of the class, and what tells the lender with this amount from all others."""

    index: int
    voting_class: int
    lender: Lender = field(repr=False)


@dataclass(frozen=True)
class RecordedPoll:
    """What a counted poll publishes beyond its register: recorded choices by index, and the lenders behind each step of the turnout."""

    register_number: int
    choices: Mapping[int, Choice]
    steps: Sequence[Collection[int]]


@dataclass(frozen=True)
class Group:
    """The lenders behind one total; `choice` is None for a whole class and NONE for its absent lenders.

    `told` is how many of their amounts can be worked out.
    """

    class_name: str
    choice: Choice | None
    heads: int
    told: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class LeakReport:
    """What totals tell: `exact` from recorded ballots, else what the register alone lets expect."""

    exact: bool
    groups: tuple[Group, ...]
    remedies: tuple[Remedy, ...]

    @property
    def leaking(self) -> tuple[Group, ...]:
        """The groups that tell something."""
        return tuple(group for group in self.groups if group.reasons)

    @property
    def told(self) -> int:
        """How many lenders' amounts can be worked out."""
        return sum(group.told for group in self.groups if group.choice is None)

    @property
    def text(self) -> str:
        """The report as canonical JSON: what an acknowledgement is about."""
        groups = [
            {
                "choice": None if group.choice is None else group.choice.name.lower(),
                "class": group.class_name,
                "heads": group.heads,
                "reasons": [reason.value for reason in group.reasons],
                "told": group.told,
            }
            for group in self.leaking
        ]
        return canonical_json({"exact": self.exact, "groups": groups}).decode()

    @property
    def hash(self) -> bytes:
        """Keccak of `text`."""
        return keccak(self.text.encode())


def told_by(totals: Iterable[Collection[Lender]]) -> set[Lender]:
    """The lenders whose amount follows from the totals, each given as the lenders that it adds up.

    A lender's column says in which totals the amount is. The amount follows exactly when the column is no combination of other columns:
    otherwise amounts can be moved between the lenders of that combination and no total changes. Lenders who are always together have the
    same column, so neither's amount follows; they come first. Of the others all begin as told, and each combination found strikes its own.
    """
    standing: dict[Lender, list[int]] = defaultdict(list)
    for number, total in enumerate(totals):
        for lender in set(total):
            standing[lender].append(number)
    alike: dict[tuple[int, ...], list[Lender]] = defaultdict(list)
    for lender, numbers in standing.items():
        alike[tuple(numbers)].append(lender)
    columns = _Columns()
    for numbers, lenders in alike.items():
        if len(lenders) > 1:
            columns.add(dict.fromkeys(numbers, 1), {})
    told = {lenders[0] for lenders in alike.values() if len(lenders) == 1}
    for numbers, lenders in alike.items():
        if len(lenders) == 1:
            told -= columns.add(dict.fromkeys(numbers, 1), {lenders[0]: 1}).keys()
    return told


class _Columns:
    """Independent columns, each reduced by those before it, beside the lenders' columns that it was made of (by whole multiples)."""

    def __init__(self) -> None:
        self._reduced: dict[int, tuple[Vector, Vector]] = {}

    def add(self, column: Vector, made_of: Vector) -> Vector:
        """Keep a column; or, when it is a combination of those kept, the multiples of lenders that cancel out."""
        while column:
            lead = min(column)
            if lead not in self._reduced:
                self._reduced[lead] = column, made_of
                return {}
            kept, kept_of = self._reduced[lead]
            mine, theirs = kept[lead], -column[lead]
            column, made_of = _combined(column, mine, kept, theirs), _combined(made_of, mine, kept_of, theirs)
            shared = gcd(*column.values(), *made_of.values())
            if shared > 1:
                column = {place: value // shared for place, value in column.items()}
                made_of = {lender: value // shared for lender, value in made_of.items()}
        return made_of


def _combined(one: Vector, times: int, other: Vector, other_times: int) -> Vector:
    """`one * times + other * other_times` without zeros."""
    sums = {place: value * times for place, value in one.items()}
    for place, value in other.items():
        sums[place] = sums.get(place, 0) + value * other_times
    return {place: value for place, value in sums.items() if value}


def published_totals(registers: Mapping[int, Sequence[ClassMember]], polls: Iterable[RecordedPoll]) -> list[set[Lender]]:
    """The lenders behind every total that registers (by number) and counted polls publish."""
    totals: dict[Hashable, set[Lender]] = defaultdict(set)
    for number, members in registers.items():
        for member in members:
            totals["class", number, member.voting_class].add(member.lender)
    for poll_number, poll in enumerate(polls):
        members = registers[poll.register_number]
        for member in members:
            choice = poll.choices.get(member.index, Choice.NONE)
            totals["choice", poll_number, member.voting_class, choice].add(member.lender)
        lenders = {member.index: member.lender for member in members}
        for step_number, step in enumerate(poll.steps):
            totals["step", poll_number, step_number].update(lenders[index] for index in step if index in lenders)
    return list(totals.values())


def class_groups(names: Sequence[str], members: Sequence[ClassMember], told: Collection[Lender]) -> tuple[Group, ...]:
    """Every class as one group."""
    return tuple(_group(name, None, _members_of(number, members), told) for number, name in enumerate(names))


def choice_groups(
    names: Sequence[str], members: Sequence[ClassMember], choices: Mapping[int, Choice], told: Collection[Lender]
) -> tuple[Group, ...]:
    """Every class, then its lenders by choice, the absent last; choices without lenders are left out."""
    groups: list[Group] = []
    for number, name in enumerate(names):
        mine = _members_of(number, members)
        whole = _group(name, None, mine, told)
        # Which of its lenders are told otherwise than by being alone, the choices say.
        groups.append(replace(whole, reasons=tuple(reason for reason in whole.reasons if reason is not Reason.DIFFERENCE)))
        for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.NONE):
            group = [member for member in mine if choices.get(member.index, Choice.NONE) is choice]
            if group:
                groups.append(_group(name, choice, group, told))
    return tuple(groups)


def _members_of(number: int, members: Sequence[ClassMember]) -> list[ClassMember]:
    return [member for member in members if member.voting_class == number]


def _group(name: str, choice: Choice | None, members: Sequence[ClassMember], told: Collection[Lender]) -> Group:
    heads = len(members)
    known = sum(member.lender in told for member in members)
    reasons = []
    if heads == 1:
        reasons.append(Reason.CLASS_OF_ONE if choice is None else Reason.LONE)
    if heads == 2:
        reasons.append(Reason.PAIR)  # each of the two knows one amount, and so the other's
    if 0 < heads < FEW_LENDERS:
        reasons.append(Reason.FEW)
    if known and heads > 1:
        reasons.append(Reason.DIFFERENCE)
    return Group(name, choice, heads, known, tuple(reasons))
