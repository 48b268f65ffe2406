"""The plan beside liquidation, year by year, by assumptions that a reader sets. They change this picture and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from backend.case.plans.schemas import LadderStepOut
from backend.ground.common.money import WHOLE_BPS

LONGEST_YEARS = 50


@dataclass(frozen=True)
class Assumptions:
    """Whole per cent and months. `kept`: how much of each payment of the plan is made."""

    kept: int = 100
    recovered: int = 20
    """Of the admitted amount, what the assets bring in a liquidation."""
    costs: int = 10
    """Of what they bring."""
    start: int = 18
    """Months until the first distribution."""
    length: int = 24
    """Months over which the rest is distributed, evenly."""
    discount: int = 4
    """Per cent a year."""


@dataclass(frozen=True)
class Year:
    """Paid in all by the end of a year, in basis points of the admitted amount, and the same in today's worth."""

    year: int
    plan: int
    liquidation: int
    plan_today: int
    liquidation_today: int


@dataclass(frozen=True)
class Step:
    """A step from what the assets bring to what it is worth today, in basis points; `after` is what is left."""

    name: str
    taken: int
    after: int


def beside(ladder: Sequence[LadderStepOut], assumed: Assumptions) -> tuple[Year, ...]:
    """Every year until both have ended."""
    plan = [(step.months, Decimal(step.ratio_bps) * assumed.kept / 100) for step in ladder]
    sold = _distributed(assumed)
    last = max(months for months, _ in [*plan, *sold])
    years = range(1, min(-(-last // 12), LONGEST_YEARS) + 1)
    return tuple(
        Year(
            year, _until(plan, year, Decimal(1)), _until(sold, year, Decimal(1)), _until(plan, year, _factor(assumed)),
            _until(sold, year, _factor(assumed)),
        )
        for year in years
    )  # fmt: skip


def waterfall(assumed: Assumptions) -> tuple[Step, ...]:
    """From what the assets bring to what lenders get, and what that is worth today."""
    brought = assumed.recovered * 100
    distributed = round(sum((share for _, share in _distributed(assumed)), Decimal(0)))
    today = _until(_distributed(assumed), LONGEST_YEARS, _factor(assumed))
    return (
        Step("assets", WHOLE_BPS - brought, brought),
        Step("costs", brought - distributed, distributed),
        Step("waiting", distributed - today, today),
    )


def _distributed(assumed: Assumptions) -> list[tuple[int, Decimal]]:
    """Month and share of each distribution: every six months from the first."""
    times = max(1, assumed.length // 6 + 1)
    whole = Decimal(assumed.recovered * 100) * (100 - assumed.costs) / 100
    return [(assumed.start + 6 * place, whole / times) for place in range(times)]


def _factor(assumed: Assumptions) -> Decimal:
    """What a yuan in a month is worth today."""
    return (1 + Decimal(assumed.discount) / 100) ** (Decimal(-1) / 12)


def _until(payments: Sequence[tuple[int, Decimal]], year: int, factor: Decimal) -> int:
    came = sum((share * factor**months for months, share in payments if months <= 12 * year), Decimal(0))
    return int(came.quantize(Decimal(1), ROUND_HALF_EVEN))
