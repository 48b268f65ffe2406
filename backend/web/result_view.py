"""A result as bars and lines, in whole numbers only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.ground.common.money import say_yuan
from backend.web.catalogue import Say

CHOICES = ("for", "against", "abstain", "absent")
BAR_WIDTH = 1000


@dataclass(frozen=True)
class Piece:
    """One choice's part of a bar, in thousandths."""

    choice: str
    x: int
    width: int


@dataclass(frozen=True)
class Mark:
    """Where a condition's threshold stands on a bar, in thousandths from the left, and the same in words."""

    number: int
    x: int
    words: str


@dataclass(frozen=True)
class Bar:
    """All who were admitted, as one bar; `words` says the same for those who do not see it."""

    title: str
    words: str
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Line:
    """One choice in heads and fen."""

    name: str
    heads: int
    heads_share: str
    fen: int
    fen_share: str


@dataclass(frozen=True)
class ConditionLine:
    """One condition of the rule with what it came to."""

    words: str
    figures: str
    holds: bool


@dataclass(frozen=True)
class Motion:
    """One of several motions, numbered from 1."""

    number: int
    title: str
    passed: bool


@dataclass(frozen=True)
class ClassResult:
    """One voting class."""

    name: str
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    conditions: tuple[ConditionLine, ...]
    motion: Motion | None = None
    """Where another motion begins."""


def say_count(number: int) -> str:
    """A number of people: `12,345`."""
    return f"{number:,}"


def say_share(part: int, whole: int) -> str:
    """A share as `66.67%`, rounded half up; `–` of nothing."""
    if whole == 0:
        return "–"
    hundredths = (part * 20_000 + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def say_basis_points(bps: int) -> str:
    """Basis points as `12.5%`."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def pieces_of(amounts: Mapping[str, int]) -> tuple[Piece, ...]:
    """Cut a bar by cumulative sums, so that the pieces always fill it exactly; nothing is drawn for a zero."""
    whole = sum(amounts.values())
    pieces, done = [], 0
    for choice in CHOICES:
        if not amounts[choice]:
            continue
        start = BAR_WIDTH * done // whole
        done += amounts[choice]
        pieces.append(Piece(choice, start, max(1, BAR_WIDTH * done // whole - start)))
    return tuple(pieces)


def class_result(tally: Mapping[str, Any], t: Say, language: str) -> ClassResult:
    """One class of the result as `GET /polls/{id}/result` has it."""
    heads = _by_choice(tally, "heads")
    fen = _by_choice(tally, "fen")
    total_heads, total_fen = sum(heads.values()), sum(fen.values())
    lines = [
        Line(choice_name(choice, t), heads[choice], say_share(heads[choice], total_heads), fen[choice], say_share(fen[choice], total_fen))
        for choice in CHOICES
    ]
    lines.append(Line(t("public.total"), total_heads, say_share(total_heads, total_heads), total_fen, say_share(total_fen, total_fen)))
    by_heads, by_amount = (
        tuple(_marks([each for each in tally["conditions"] if each["measure"] == measure], total, t, language))
        for measure, total in (("heads", total_heads), ("amount", total_fen))
    )
    bars = (
        _bar(tally["name"], t("public.by_heads"), heads, {choice: say_count(heads[choice]) for choice in CHOICES}, by_heads, t),
        _bar(tally["name"], t("public.by_amount"), fen, {choice: say_yuan(fen[choice]) for choice in CHOICES}, by_amount, t),
    )
    conditions = tuple(_condition(condition, t, language) for condition in tally["conditions"])
    return ClassResult(tally["name"], bars, tuple(lines), conditions)


def results_of(motions: Sequence[Mapping[str, Any]], t: Say, language: str) -> list[ClassResult]:
    """Every class, motion by motion; where there are several motions, the first class of each says which it is."""
    found = []
    for number, motion in enumerate(motions, start=1):
        for place, tally in enumerate(motion["classes"]):
            named = Motion(number, motion["title"], motion["passed"]) if len(motions) > 1 and place == 0 else None
            found.append(replace(class_result(tally, t, language), motion=named))
    return found


def choice_name(choice: str, t: Say) -> str:
    """同意, 不同意, 弃权 or 未参加."""
    return t("public.absent") if choice == "absent" else t(f"common.choice_{CHOICES.index(choice) + 1}")


def _by_choice(tally: Mapping[str, Any], unit: str) -> dict[str, int]:
    return {**{choice: tally[f"{unit}_{choice}"] for choice in CHOICES[:3]}, "absent": tally[f"absent_{unit}"]}


def _bar(name: str, title: str, amounts: Mapping[str, int], words: Mapping[str, str], marks: tuple[Mark, ...], t: Say) -> Bar:
    return Bar(title, t("public.bar_of", name=name, measure=title, **words), pieces_of(amounts), marks)


def _marks(conditions: Sequence[Mapping[str, Any]], whole: int, t: Say, language: str) -> Iterator[Mark]:
    """A mark for each condition of one bar; none where nothing is there to be a share of.

    Whoever a condition counts (those for, or all taking part) fills the bar from the left, so the condition holds when that part reaches
    the mark, or goes beyond it where the rule says "more than".
    """
    for number, condition in enumerate(conditions, start=1):
        needed, parts = condition["denominator_value"] * condition["num"], whole * condition["den"]
        if not needed or not parts:
            continue
        how = t("public.mark_beyond") if condition["strict"] else t("public.mark_reached")
        words = t("public.mark", number=number, share=say_share(needed, parts), condition=condition[f"words_{language}"], how=how)
        yield Mark(number, BAR_WIDTH * needed // parts, words)


def _condition(condition: Mapping[str, Any], t: Say, language: str) -> ConditionLine:
    say = say_yuan if condition["measure"] == "amount" else say_count
    above, below = condition["numerator_value"], condition["denominator_value"]
    figures = t("public.condition_figures", above=say(above), below=say(below), share=say_share(above, below))
    return ConditionLine(condition[f"words_{language}"], figures, condition["holds"])
