"""A plan's PDF where the institution gives none: set from the four parts and the payments, so that text and file say the same."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from backend.case.plans.rules import PARTS, PlanText
from backend.ground.common.typesetting import typeset

TEMPLATE = Path(__file__).with_name("plan.typ")


def plan_paper(plan: PlanText, moment: datetime) -> bytes:
    """The plan as PDF/A; the same bytes for the same text and moment. Raises: FontsMissing."""
    steps = [[str(step.months), _percent(step.ratio_bps)] for step in plan.ladder]
    total = sum(step.ratio_bps for step in plan.ladder)
    facts = {
        "title": plan.title,
        "parts": [{"name": f"{zh}　{en.capitalize()}", "lines": plan.parts[name].splitlines()} for name, (zh, en) in PARTS.items()],
        "ladder_name": "兑付安排　Payments",
        "ladder_head": ["批准后（月）　Months after approval", "比例　Share"],
        "ladder": [*steps, ["合计　Total", _percent(total)]],
    }
    return typeset(TEMPLATE.read_bytes(), facts, moment)


def _percent(bps: int) -> str:
    return f"{bps // 100}.{bps % 100:02d}%"
