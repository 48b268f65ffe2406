"""Whose amount follows from published totals, in whole numbers; pure.

Every published total is the sum of some lenders' amounts: of a class, of a choice in a class, of a step of the turnout picture. A lender's
amount can be worked out when totals, added to and taken from each other in any multiples, leave that lender alone. Whoever knows who is in
which total can do so; whether strangers know that is not asked, in the lenders' favour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import gcd
from typing import Any

from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.voting import FEW_LENDERS, Choice

Unknown = Hashable
"""What totals add up: a lender's amount, or what changed in it from one register to a later one."""
Place = tuple[int, int]
"""A register's number, and an index in it."""
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
    PROVE_CONDITION = "prove_condition"
    ACCEPT = "accept"


@dataclass(frozen=True)
class ClassMember:
    """A lender in a register: index, number of the class, what tells this person from all others in every register, and fen."""

    index: int
    voting_class: int
    person: Hashable = field(repr=False)
    amount_fen: int = field(repr=False)


@dataclass(frozen=True)
class RecordedPoll:
    """What a counted poll publishes beyond its register: recorded choices by index, and the lenders behind each step of the turnout."""

    register_number: int
    choices: Mapping[int, Choice]
    steps: Sequence[Collection[int]]


@dataclass(frozen=True)
class Group:
    """The lenders behind one total; `choice` is None for a whole class and NONE for its absent lenders.

    `told` is how many of their amounts, or of what changed in these from register to register, can be worked out.
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


def told_by(totals: Iterable[Collection[Unknown]]) -> set[Unknown]:
    """The unknowns that follow from the totals, each given as the unknowns that it adds up.

    An unknown's column says in which totals it is. It follows exactly when its column is no combination of the others: otherwise fen can
    be moved between the unknowns of that combination, and no total changes. Unknowns that are always together have the same column, so
    none of them follows; they come first. Of the others all begin as told, and each combination found strikes its own.
    """
    standing: dict[Unknown, list[int]] = defaultdict(list)
    for number, total in enumerate(totals):
        for unknown in set(total):
            standing[unknown].append(number)
    alike: dict[tuple[int, ...], list[Unknown]] = defaultdict(list)
    for unknown, in_totals in standing.items():
        alike[tuple(in_totals)].append(unknown)
    columns = _Columns()
    for numbers, together in alike.items():
        if len(together) > 1:
            columns.add(dict.fromkeys(numbers, 1), {})
    told = {together[0] for together in alike.values() if len(together) == 1}
    for numbers, [unknown, *others] in alike.items():
        if not others:
            struck = columns.add(dict.fromkeys(numbers, 1), {unknown: 1})
            columns.forget([each for each in struck if each != unknown])
            told.difference_update(struck)
    return told


class _Columns:
    """Independent columns in Gauss and Jordan's form, by the total in which no other one has an entry.

    Beside each are the single unknowns that it was made of; all in whole multiples, so that nothing is ever rounded.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Vector, Vector]] = {}

    def add(self, column: Vector, made_of: Vector) -> Vector:
        """Keep a column; or, when it is a combination of those kept, the unknowns that cancel out, with their multiples."""
        mine = column, made_of
        for lead in column.keys() & self._kept.keys():
            mine = _cancelled(mine, self._kept[lead], lead)
        if not mine[0]:
            return mine[1]
        lead = min(mine[0])
        for other, kept in self._kept.items():
            if lead in kept[0]:
                self._kept[other] = _cancelled(kept, mine, lead)
        self._kept[lead] = mine
        return {}

    def forget(self, unknowns: Collection[Unknown]) -> None:
        """Nobody asks for these any more; they need not be carried on."""
        for _, made_of in self._kept.values() if unknowns else ():
            for unknown in unknowns:
                made_of.pop(unknown, None)


def _cancelled(one: tuple[Vector, Vector], other: tuple[Vector, Vector], lead: int) -> tuple[Vector, Vector]:
    """The first column without an entry at `lead`, by a multiple of the second; and what it is made of then."""
    times, other_times = other[0][lead], -one[0][lead]
    column, made_of = (_combined(mine, times, theirs, other_times) for mine, theirs in zip(one, other, strict=True))
    shared = gcd(*column.values(), *made_of.values())
    if shared > 1:
        column, made_of = ({key: value // shared for key, value in each.items()} for each in (column, made_of))
    return column, made_of


def _combined(one: Vector, times: int, other: Vector, other_times: int) -> Vector:
    """`one * times + other * other_times` without zeros."""
    sums = {key: value * times for key, value in one.items()}
    for key, value in other.items():
        sums[key] = sums.get(key, 0) + value * other_times
    return {key: value for key, value in sums.items() if value}


def published_totals(registers: Mapping[int, Sequence[ClassMember]], polls: Iterable[RecordedPoll]) -> list[set[Place]]:
    """Who is behind every total that registers (by number) and counted polls publish."""
    totals: dict[Hashable, set[Place]] = defaultdict(set)
    for number, members in registers.items():
        for member in members:
            totals["class", number, member.voting_class].add((number, member.index))
    for poll_number, poll in enumerate(polls):
        number, members = poll.register_number, registers[poll.register_number]
        for member in members:
            choice = poll.choices.get(member.index, Choice.NONE)
            totals["choice", poll_number, member.voting_class, choice].add((number, member.index))
        indexes = {member.index for member in members}
        for step_number, step in enumerate(poll.steps):
            totals["step", poll_number, step_number].update((number, index) for index in step if index in indexes)
    return list(totals.values())


def told_places(registers: Mapping[int, Sequence[ClassMember]], polls: Iterable[RecordedPoll]) -> set[Place]:
    """Whose amount follows from all that is published; or what changed in it since the first register with that person."""
    amounts: dict[Place, Unknown] = {}
    parts: dict[Place, set[Unknown]] = {}
    first: dict[Hashable, int] = {}
    for number in sorted(registers):
        for member in registers[number]:
            place, began = (number, member.index), first.setdefault(member.person, member.amount_fen)
            amounts[place] = change = member.person, member.amount_fen
            parts[place] = {member.person} if member.amount_fen == began else {member.person, change}
    totals = published_totals(registers, polls)
    told = told_by([{amounts[place] for place in total} for total in totals])
    if len(first) < len(set(amounts.values())):
        told |= told_by([set().union(*(parts[place] for place in total)) for total in totals])
    return {place for place, unknown in amounts.items() if unknown in told}


def class_groups(names: Sequence[str], members: Sequence[ClassMember], told: Collection[int]) -> tuple[Group, ...]:
    """Every class as one group; `told` are indexes."""
    return tuple(_group(name, None, _members_of(number, members), told) for number, name in enumerate(names))


def choice_groups(
    names: Sequence[str], members: Sequence[ClassMember], choices: Mapping[int, Choice], told: Collection[int]
) -> tuple[Group, ...]:
    """Every class, then its lenders by choice, the absent last; choices without lenders are left out; `told` are indexes."""
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


def _group(name: str, choice: Choice | None, members: Sequence[ClassMember], told: Collection[int]) -> Group:
    heads = len(members)
    known = sum(member.index in told for member in members)
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
