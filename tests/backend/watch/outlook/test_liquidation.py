"""The plan beside liquidation: what was paid never falls, discounting never adds, and assumptions at their ends do not break it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.case.plans.schemas import LadderStepOut
from backend.watch.outlook.comparables import COMPARABLES
from backend.watch.outlook.liquidation import Assumptions, beside, waterfall

LADDER = [LadderStepOut(months=6, ratio_bps=2000), LadderStepOut(months=30, ratio_bps=3000)]
PERCENT = st.integers(0, 100)


@given(PERCENT, PERCENT, PERCENT, st.integers(0, 120), st.integers(0, 120), st.integers(0, 20))
def test_shares_rise_and_today_is_worth_no_more(kept: int, recovered: int, costs: int, start: int, length: int, discount: int) -> None:
    assumed = Assumptions(kept, recovered, costs, start, length, discount)
    years = beside(LADDER, assumed)
    for name in ("plan", "liquidation", "plan_today", "liquidation_today"):
        line = [getattr(year, name) for year in years]
        assert line == sorted(line)
        assert 0 <= line[0] <= line[-1] <= 10_000
    assert all(year.plan_today <= year.plan and year.liquidation_today <= year.liquidation for year in years)
    assert years[-1].plan == round(5000 * kept / 100)
    assert abs(years[-1].liquidation - recovered * (100 - costs)) <= 1
    left = 10_000
    for step in waterfall(assumed):
        assert step.taken >= 0
        left -= step.taken
        assert left == step.after
    assert left == years[-1].liquidation_today


def test_known_figures() -> None:
    years = beside(LADDER, Assumptions(100, 20, 10, 12, 12, 10))
    assert [(year.plan, year.liquidation) for year in years] == [(2000, 600), (2000, 1800), (5000, 1800)]
    assert years[0].plan_today == round(2000 / 1.1**0.5)
    assert years[-1].liquidation_today == round(600 * (1 / 1.1 + 1 / 1.1**1.5 + 1 / 1.1**2))


def test_every_fact_has_a_source_and_its_own_arithmetic() -> None:
    for fact in COMPARABLES:
        assert fact.source
        assert 0 < fact.paid_bps < 10_000
        if fact.paid_yuan and fact.base_yuan:
            assert abs(10_000 * fact.paid_yuan / fact.base_yuan - fact.paid_bps) <= 1
