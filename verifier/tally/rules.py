"""The counting rule, by exact fractions (protocol §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Condition = tuple[int, int, int, int, int, bool]  # measure, numerator, denominator, num, den, strict

MEASURES = ("heads", "amount")
NUMERATORS = ("for", "taking_part")
DENOMINATORS = ("admitted", "taking_part", "for_against")
MOST_CONDITIONS, LARGEST_DEN = 8, 10**6

_HEADS_OF_TAKING_PART: Condition = (0, 0, 1, 1, 2, True)
_HEADS_OF_FOR_AGAINST: Condition = (0, 0, 2, 1, 2, True)
PRESETS: dict[str, tuple[Condition, ...]] = {
    "CN_SZ_A": ((1, 1, 0, 2, 3, True), _HEADS_OF_TAKING_PART),
    "CN_SZ_B": ((1, 1, 0, 2, 3, False), _HEADS_OF_TAKING_PART, (1, 0, 1, 1, 2, True)),
    "CN_EBL64": (_HEADS_OF_TAKING_PART, (1, 0, 0, 1, 2, False)),
    "CN_EBL84": (_HEADS_OF_TAKING_PART, (1, 0, 0, 2, 3, False)),
    "US_1126C": (_HEADS_OF_FOR_AGAINST, (1, 0, 2, 2, 3, False)),
    "UK_899": (_HEADS_OF_FOR_AGAINST, (1, 0, 2, 3, 4, False)),
}


@dataclass(frozen=True)
class ClassCount:
    """One class: what is admitted, and (for, against, abstaining) by heads and by fen."""

    admitted_heads: int
    admitted_fen: int
    heads: tuple[int, int, int]
    fen: tuple[int, int, int]


def is_allowed(condition: Condition) -> bool:
    """Whether every field is one that the protocol knows."""
    measure, numerator, denominator, num, den, _ = condition
    known = measure < len(MEASURES) and numerator < len(NUMERATORS) and denominator < len(DENOMINATORS)
    return known and 1 <= num <= den <= LARGEST_DEN


def holds(condition: Condition, count: ClassCount) -> bool:
    """Whether the condition holds in the class; a share of nothing is compared as 0 against 0."""
    measure, numerator, denominator, num, den, strict = condition
    yes, no, abstain = count.heads if MEASURES[measure] == "heads" else count.fen
    admitted = count.admitted_heads if MEASURES[measure] == "heads" else count.admitted_fen
    above = Fraction({"for": yes, "taking_part": yes + no + abstain}[NUMERATORS[numerator]])
    below = {"admitted": admitted, "taking_part": yes + no + abstain, "for_against": yes + no}[DENOMINATORS[denominator]]
    needed = Fraction(num, den) * below
    return above > needed if strict else above >= needed


def carries(conditions: Sequence[Condition], count: ClassCount) -> bool:
    """Whether the class carries the plan: someone was for or against, and every condition holds."""
    return count.heads[0] + count.heads[1] > 0 and all(holds(condition, count) for condition in conditions)


def passes(conditions: Sequence[Condition], counts: Sequence[ClassCount]) -> bool:
    """Whether every class carries the plan."""
    return all(carries(conditions, count) for count in counts)


def sentence(condition: Condition) -> str:
    """The condition for people."""
    measure, numerator, denominator, num, den, strict = condition
    names = MEASURES[measure], NUMERATORS[numerator], DENOMINATORS[denominator]
    return f"{names[0]}: {names[1]} / {names[2]} {'>' if strict else '>='} {num}/{den}".replace("_", " ")
