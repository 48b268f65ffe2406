"""The pictures of the outlook: lines, bars and a fan as numbers for an SVG, and the sentences that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.ground.common.money import WHOLE_BPS
from backend.watch.outlook.schemas import ComparableOut, ForecastPointOut, StepOut, YearOut
from backend.web.catalogue import Say
from backend.web.result_view import say_basis_points

WIDTH, HEIGHT, ROW = 400, 160, 38
LABELS = 6


@dataclass(frozen=True)
class Mark:
    """A label under the drawing."""

    x: int
    text: str


@dataclass(frozen=True)
class Lines:
    """Two stepped lines over years: the plan whole, liquidation dashed; `words` says the same."""

    plan: str
    liquidation: str
    marks: tuple[Mark, ...]
    words: str


@dataclass(frozen=True)
class Bar:
    """A bar from `x`, `width` long; `lost` is drawn empty behind it."""

    y: int
    x: int
    width: int
    lost: int
    label: str
    value: str


@dataclass(frozen=True)
class Fan:
    """The expected line, and the area between its bounds."""

    line: str
    area: str
    marks: tuple[Mark, ...]
    words: str


def lines_view(years: Sequence[YearOut], t: Say, *, today: bool = False) -> Lines:
    """Paid in all at the end of each year, as shares of the admitted amount."""
    plan = [year.plan_today if today else year.plan for year in years]
    sold = [year.liquidation_today if today else year.liquidation for year in years]
    words = t("outlook.lines_words", years=len(years), plan=say_basis_points(plan[-1]), liquidation=say_basis_points(sold[-1]))
    return Lines(_stepped(plan), _stepped(sold), _marks([str(year.year) for year in years], centred=True), words)


def comparables_view(found: Sequence[ComparableOut], ladder_bps: int, t: Say) -> tuple[Bar, ...]:
    """The plan's promise first, then what others paid."""
    rows = [(t("outlook.this_plan"), ladder_bps), *((f"{one.name} {one.as_of}".strip(), one.paid_bps) for one in found)]
    return tuple(Bar(place * ROW, 0, _across(bps), 0, label, say_basis_points(bps)) for place, (label, bps) in enumerate(rows))


def waterfall_view(steps: Sequence[StepOut], t: Say) -> tuple[Bar, ...]:
    """What is left after each step, and behind it what the step took."""
    return tuple(
        Bar(
            place * ROW,
            0,
            _across(step.after_bps),
            _across(step.taken_bps),
            t("outlook.step_" + step.name),
            say_basis_points(step.after_bps),
        )
        for place, step in enumerate(steps)
    )


def fan_view(points: Sequence[ForecastPointOut], t: Say) -> Fan:
    """Cumulative share by month, with its interval."""
    last = max(point.month for point in points)
    told = [(WIDTH * point.month // last, point) for point in points]
    line = " ".join(f"{x},{_down(point.share_bps)}" for x, point in told)
    above = [f"{x},{_down(point.high_bps)}" for x, point in told]
    below = [f"{x},{_down(point.low_bps)}" for x, point in reversed(told)]
    end = points[-1]
    words = t(
        "outlook.fan_words", months=last, share=say_basis_points(end.share_bps), low=say_basis_points(end.low_bps),
        high=say_basis_points(end.high_bps),
    )  # fmt: skip
    every = max(1, -(-last // 12 // LABELS)) * 12
    return Fan(
        line, " ".join([*above, *below]), tuple(Mark(WIDTH * month // last, str(month)) for month in range(every, last + 1, every)), words
    )


def _stepped(shares: Sequence[int]) -> str:
    room, points, before = WIDTH // len(shares), [f"0,{HEIGHT}"], 0
    for place, share in enumerate(shares):
        # A step at the middle of the year, where its label stands.
        x = place * room + room // 2
        points += [f"{x},{_down(before)}", f"{x},{_down(share)}"]
        before = share
    return " ".join([*points, f"{WIDTH},{_down(before)}"])


def _marks(labels: Sequence[str], *, centred: bool) -> tuple[Mark, ...]:
    room = WIDTH // len(labels)
    every = -(-len(labels) // 10)
    return tuple(Mark(place * room + (room // 2 if centred else 0), label) for place, label in enumerate(labels) if place % every == 0)


def _down(bps: int) -> int:
    return HEIGHT - HEIGHT * bps // WHOLE_BPS


def _across(bps: int) -> int:
    return WIDTH * bps // WHOLE_BPS
