"""What the outlook's page is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.case.plans.schemas import LadderStepOut
from backend.ground.common.hex_text import to_hex
from backend.watch.outlook.schemas import Assumptions, ComparableOut, ForecastOut, steps_of, years_of
from backend.watch.outlook.service import OutlookService
from backend.web.catalogue import Say
from backend.web.outlook_view import comparables_view, fan_view, lines_view, waterfall_view

#: Name, lowest, highest, step.
SLIDERS = (
    ("kept", 0, 100, 5),
    ("recovered", 0, 100, 1),
    ("costs", 0, 100, 1),
    ("start", 0, 120, 6),
    ("length", 0, 120, 6),
    ("discount", 0, 20, 1),
)
QUARTERS = 3


@dataclass(frozen=True)
class Slider:
    """An assumption as it is set now."""

    name: str
    low: int
    high: int
    step: int
    value: int


def outlook_facts(
    outlooks: OutlookService, case_id: str, ladder: Sequence[Mapping[str, int]], assumed: Assumptions, t: Say
) -> dict[str, Any]:
    """Pictures and tables; the newest forecast, or None."""
    steps = [LadderStepOut(**step) for step in ladder]
    years = years_of(steps, assumed)
    others = [ComparableOut.of(fact) for fact in outlooks.comparables()]
    views = outlooks.forecasts(case_id)
    forecast = ForecastOut.of(views[0]) if views else None
    points = forecast.points if forecast else []
    fall = waterfall_view(steps_of(assumed), t)
    return {
        "years": years,
        "plain_lines": lines_view(years, t),
        "today_lines": lines_view(years, t, today=True),
        "sliders": [Slider(*slider, getattr(assumed, slider[0])) for slider in SLIDERS],
        "fall": fall,
        "fall_words": " ".join(f"{bar.label} {bar.value}" for bar in fall),
        "others": comparables_view(others, sum(step.ratio_bps for step in steps), t),
        "comparables": others,
        "forecast": forecast,
        "hash_text": to_hex(views[0].content_hash) if views else "",
        "fan": fan_view(points, t) if points else None,
        "shown_points": [point for point in points if point.month % QUARTERS == 0 or point.month == len(points)],
    }
