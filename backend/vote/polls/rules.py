"""The counting rule, in whole numbers, and the presets as data (protocol §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.ground.common.voting import Condition, Denominator, Measure, Numerator
from backend.vote.polls.errors import ConditionOutOfRange, ConditionUnreachable, RuleUnknown

MAX_CONDITIONS = 8
MAX_DENOMINATOR = 1_000_000


@dataclass(frozen=True)
class ClassCount:
    """One class: what was admitted and what was cast, in heads or in fen by field."""

    admitted_heads: int
    admitted_fen: int
    heads_for: int
    heads_against: int
    heads_abstain: int
    fen_for: int
    fen_against: int
    fen_abstain: int


@dataclass(frozen=True)
class ConditionOutcome:
    """Both sides of a condition in one class, and whether it holds: `left = numerator * den`, `right = denominator * num`."""

    condition: Condition
    numerator: int
    denominator: int
    holds: bool


def _condition(text: str) -> Condition:
    measure, numerator, denominator, relation, fraction = text.split()
    num, den = fraction.split("/")
    return Condition(
        Measure[measure.upper()], Numerator[numerator.upper()], Denominator[denominator.upper()], int(num), int(den), relation == ">"
    )


PRESETS: dict[str, tuple[Condition, ...]] = {
    name: tuple(_condition(line) for line in lines)
    for name, lines in {
        # Shenzhen, "two thirds plus double majority", as it was applied
        "CN_SZ_A": ("amount taking_part admitted > 2/3", "heads for taking_part > 1/2"),
        # the same words, read as a quorum and two majorities
        "CN_SZ_B": ("amount taking_part admitted >= 2/3", "heads for taking_part > 1/2", "amount for taking_part > 1/2"),
        # Enterprise Bankruptcy Law art. 64, ordinary resolutions
        "CN_EBL64": ("heads for taking_part > 1/2", "amount for admitted >= 1/2"),
        # the same law, art. 84, plans
        "CN_EBL84": ("heads for taking_part > 1/2", "amount for admitted >= 2/3"),
        "US_1126C": ("heads for for_against > 1/2", "amount for for_against >= 2/3"),
        "UK_899": ("heads for for_against > 1/2", "amount for for_against >= 3/4"),
    }.items()
}

WORDS: dict[str, tuple[str, str]] = {
    "CN_SZ_A": (
        "参加表决的金额超过本组全部登记金额的三分之二，且同意人数超过参加表决人数的二分之一",
        "those taking part hold more than two thirds of all admitted claims, and more than half of them vote for",
    ),
    "CN_SZ_B": (
        "参加表决的金额达到本组全部登记金额的三分之二，且同意人数、同意金额均超过参加表决的二分之一",
        "those taking part hold at least two thirds of all admitted claims, and more than half of them, by heads and by amount, vote for",
    ),
    "CN_EBL64": (
        "同意人数超过参加表决人数的二分之一，且同意金额达到本组全部登记金额的二分之一",
        "more than half of those taking part vote for, and they hold at least half of all admitted claims",
    ),
    "CN_EBL84": (
        "同意人数超过参加表决人数的二分之一，且同意金额达到本组全部登记金额的三分之二",
        "more than half of those taking part vote for, and they hold at least two thirds of all admitted claims",
    ),
    "US_1126C": (
        "同意人数超过同意与不同意人数之和的二分之一，且同意金额达到同意与不同意金额之和的三分之二",
        "of those for or against, more than half by heads and at least two thirds by amount vote for",
    ),
    "UK_899": (
        "同意人数超过同意与不同意人数之和的二分之一，且同意金额达到同意与不同意金额之和的四分之三",
        "of those for or against, more than half by heads and at least three quarters by amount vote for",
    ),
}


_OF_WHOM_ZH = {Numerator.FOR: "同意", Numerator.TAKING_PART: "参加表决"}
_OF_WHOM_EN = {Numerator.FOR: "voting for", Numerator.TAKING_PART: "taking part"}
_AMONG_ZH = {Denominator.ADMITTED: "本组全部登记", Denominator.TAKING_PART: "参加表决", Denominator.FOR_AGAINST: "同意与不同意"}
_AMONG_EN = {
    Denominator.ADMITTED: "all admitted in the class",
    Denominator.TAKING_PART: "those taking part",
    Denominator.FOR_AGAINST: "those for or against",
}


def say_condition(condition: Condition) -> tuple[str, str]:
    """One condition as people read it, in Chinese and English."""
    what_zh, what_en = ("人数", "heads") if condition.measure is Measure.HEADS else ("金额", "amount")
    more_zh, more_en = ("超过", "more than") if condition.strict else ("达到", "at least")
    fraction = f"{condition.num}/{condition.den}"
    zh = f"{_OF_WHOM_ZH[condition.numerator]}{what_zh}{more_zh}{_AMONG_ZH[condition.denominator]}{what_zh}的 {fraction}"
    en = f"{what_en} {_OF_WHOM_EN[condition.numerator]}: {more_en} {fraction} of {_AMONG_EN[condition.denominator]}"
    return zh, en


def in_words_of_files(condition: Condition) -> dict[str, object]:
    """A condition as the published files have it (protocol §12)."""
    return {
        "measure": condition.measure.name.lower(),
        "numerator": condition.numerator.name.lower(),
        "denominator": condition.denominator.name.lower(),
        "num": condition.num,
        "den": condition.den,
        "strict": condition.strict,
    }


def preset(name: str) -> tuple[Condition, ...]:
    """The conditions of a preset. Raises: RuleUnknown."""
    if name not in PRESETS:
        raise RuleUnknown(name=name[:40], known=", ".join(PRESETS))
    return PRESETS[name]


def check_conditions(conditions: Sequence[Condition]) -> None:
    """1 to 8 conditions, each fraction above 0 and at most 1, none beyond reach. Raises: ConditionOutOfRange, ConditionUnreachable."""
    if not 1 <= len(conditions) <= MAX_CONDITIONS:
        raise ConditionOutOfRange(condition=len(conditions))
    for place, condition in enumerate(conditions):
        if not 1 <= condition.num <= condition.den <= MAX_DENOMINATOR:
            raise ConditionOutOfRange(condition=place)
        # With abstentions those taking part are more than those for or against; no other part is more than its whole.
        can_exceed = (condition.numerator, condition.denominator) == (Numerator.TAKING_PART, Denominator.FOR_AGAINST)
        if condition.strict and condition.num == condition.den and not can_exceed:
            raise ConditionUnreachable(condition=place)


def weigh(condition: Condition, count: ClassCount) -> ConditionOutcome:
    """A condition in one class: `numerator * den > denominator * num` (strict) or `>=`."""
    if condition.measure is Measure.HEADS:
        in_favour, against, abstain, admitted = count.heads_for, count.heads_against, count.heads_abstain, count.admitted_heads
    else:
        in_favour, against, abstain, admitted = count.fen_for, count.fen_against, count.fen_abstain, count.admitted_fen
    taking_part = in_favour + against + abstain
    numerator = in_favour if condition.numerator is Numerator.FOR else taking_part
    denominator = {Denominator.ADMITTED: admitted, Denominator.TAKING_PART: taking_part, Denominator.FOR_AGAINST: in_favour + against}[
        condition.denominator
    ]
    left, right = numerator * condition.den, denominator * condition.num
    return ConditionOutcome(condition, numerator, denominator, left > right if condition.strict else left >= right)


def carries(conditions: Sequence[Condition], count: ClassCount) -> bool:
    """Whether one class carries the plan: somebody voted for or against, and every condition holds."""
    if count.heads_for + count.heads_against == 0:
        return False
    return all(weigh(condition, count).holds for condition in conditions)


def passes(conditions: Sequence[Condition], counts: Sequence[ClassCount]) -> bool:
    """Whether every class carries the plan."""
    return bool(counts) and all(carries(conditions, count) for count in counts)
