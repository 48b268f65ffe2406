"""Lies about conditions: of other groups, with other words, not true, or proved elsewhere (protocol §9.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from scripts.tampers.forge.conditions import Condition, Said, conditions_file, of_choice, of_indexes
from scripts.tampers.lies.kinds import Lie, bytes_of_file
from tests.contracts.ballot_box import N

KIND = "conditions"
#: In class 0 more than half of what took part is for it; the absent of class 1 hold less than 10^12 fen; three lenders hold something.
MAJORITY = Condition((of_choice("for", times=2),), (of_choice("for"), of_choice("against"), of_choice("abstain")), title="more than half")
FEW = Condition((of_choice("absent", 1),), at_least=10**12, holds=False, title="the absent hold less")
THREE = Condition((of_indexes(1, 4, 7),), at_least=1, title="three lenders")


def _lie(name: str, finding: str, one: Condition = MAJORITY, **changes: Any) -> Lie:
    return Lie(KIND, name, finding, after=conditions_file(FEW, replace(one, **changes)))


def _other(**values: Any) -> Callable[[Said], Said]:
    return lambda said: said | values


HONEST = (Lie("honest", "a vote with conditions about its groups", "", after=conditions_file(MAJORITY, FEW, THREE)),)
LIES = (
    _lie("a condition that does not hold", "conditions.proof", at_least=2**60),
    _lie("a condition that holds, said to fail", "conditions.proof", holds=False),
    _lie("proved for another group", "conditions.proof", THREE, proved=_other(plus=[of_indexes(1, 4, 8)])),
    _lie("proved for another class", "conditions.proof", FEW, proved=_other(plus=[of_choice("absent", 0)])),
    _lie("proved for another choice", "conditions.proof", FEW, proved=_other(plus=[of_choice("for", 1)])),
    _lie("proved for another threshold", "conditions.proof", THREE, proved=_other(at_least_fen=0)),
    _lie("proved under another title", "conditions.proof", THREE, proved=_other(title="four lenders")),
    _lie("proved for another poll", "conditions.proof", THREE, poll=b"\x11" * 20),
    _lie("proved for another register", "conditions.proof", THREE, context=lambda _: bytes(32)),
    _lie("a proof of nothing", "conditions.proof", THREE, changed=lambda one: one | {"proof": "0x" + "00" * 754}),
    _lie("a proof with a number of n", "conditions.proof", THREE, changed=lambda one: one | {"proof": one["proof"][:-64] + f"{N:064x}"}),
    _lie("a higher part that is no point", "conditions.proof", THREE, changed=_other(high="0x" + "05" * 33)),
    _lie("a group that counts no times", "conditions.group", THREE, changed=_other(plus=[of_indexes(1, 4, 7, times=0)])),
    _lie("a lender twice in a group", "conditions.group", THREE, changed=_other(plus=[of_indexes(1, 4, 4, 7)])),
    _lie("a class that there is not", "conditions.group", FEW, changed=_other(plus=[of_choice("absent", 9)])),
    _lie(
        "a choice that there is not",
        "conditions.group",
        FEW,
        changed=_other(plus=[of_choice("maybe")]),
    ),
    _lie(
        "a higher part of another length, about a class that there is not",
        "conditions.file",
        FEW,
        changed=_other(high="0x05", plus=[of_choice("absent", 9)]),
    ),
    Lie(KIND, "so many conditions that they tell the total", "conditions.file", after=conditions_file(*[THREE] * 9)),
    Lie(
        KIND,
        "a file of another form",
        "conditions.file",
        after=lambda vote: (conditions_file(THREE)(vote), bytes_of_file("conditions.json", lambda one: one[:-1])(vote))[-1],
    ),
)
