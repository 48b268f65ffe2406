"""What a plan must say, and the bytes that its hash covers (protocol §7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.case.plans.errors import (
    LadderAboveWhole,
    LadderEmpty,
    LadderNotRising,
    LadderRatioOutOfRange,
    PlanNotReadable,
    PlanPartMissing,
    PlanTextTooLong,
    PlanTitleMissing,
    ReasonsMissing,
)
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.money import WHOLE_BPS
from backend.ground.common.text import TextNotPlain, TextTooLong, has_letters, line, prose

PARTS: dict[str, tuple[str, str]] = {
    "settlement": ("清偿方案", "repayment terms"),
    "liquidation_period": ("清产核资期限", "period of liquidation and verification of assets"),
    "existing_business": ("存量业务处置计划", "disposal of existing business"),
    "dispute_resolution": ("出借人纠纷解决机制", "resolution of disputes with lenders"),
}
TITLE_LIMIT, PART_LIMIT, STEP_LIMIT, MONTH_LIMIT = 200, 100_000, 60, 600
REASONS_LIMIT = 4000
MOTION_LIMIT = 16


@dataclass(frozen=True)
class PayoutStep:
    """After `months` from the approval, `ratio_bps` basis points of the admitted amount are paid."""

    months: int
    ratio_bps: int


@dataclass(frozen=True)
class PlanText:
    """Title, the four parts of art. 14, and the payout ladder."""

    title: str
    parts: Mapping[str, str]
    ladder: tuple[PayoutStep, ...]
    motions: tuple[str, ...] = ()
    """Titles of what is voted on one by one, in a sealed poll; none where the plan is voted on as a whole."""


def read_plan(text: str) -> PlanText:
    """A plan as the institution sends it: JSON with title, parts, ladder, and motions where there are several.

    Raises: PlanNotReadable, and all that `check_plan` raises.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanNotReadable(reason="JSON") from error
    if not isinstance(value, dict) or set(value) - {"motions"} != {"title", "parts", "ladder"}:
        raise PlanNotReadable(reason="title, parts, ladder")
    title, parts, ladder = value["title"], value["parts"], value["ladder"]
    if not isinstance(title, str) or not isinstance(parts, dict) or not isinstance(ladder, list):
        raise PlanNotReadable(reason="title, parts, ladder")
    if set(parts) - set(PARTS) or not all(isinstance(part, str) for part in parts.values()):
        raise PlanNotReadable(reason="parts: " + ", ".join(PARTS))
    texts = {name: _read_text(prose, parts.get(name, ""), name, PART_LIMIT) for name in PARTS}
    motions = _read_motions(value["motions"]) if "motions" in value else ()
    plan = PlanText(_read_text(line, title, "title", TITLE_LIMIT), texts, _read_ladder(ladder), motions)
    check_plan(plan)
    return plan


def check_plan(plan: PlanText) -> None:
    """All four parts, a title, a rising ladder that pays at most the whole.

    Raises: PlanTitleMissing, PlanPartMissing, PlanTextTooLong, LadderEmpty, LadderNotRising, LadderRatioOutOfRange, LadderAboveWhole.
    """
    if not has_letters(plan.title):
        raise PlanTitleMissing
    if len(plan.title) > TITLE_LIMIT:
        raise PlanTextTooLong(field="title", limit=TITLE_LIMIT)
    for name, (part_zh, part_en) in PARTS.items():
        if not has_letters(plan.parts.get(name, "")):
            raise PlanPartMissing(name, part_zh, part_en)
        if len(plan.parts[name]) > PART_LIMIT:
            raise PlanTextTooLong(field=name, limit=PART_LIMIT)
    _check_ladder(plan.ladder)


def plan_object(plan: PlanText, case_address: str, version: int, pdf: bytes) -> dict[str, Any]:
    """The object whose canonical JSON is hashed."""
    several = {"motions": list(plan.motions)} if plan.motions else {}
    return several | {
        "case": case_address.lower(),
        "ladder": [{"months": step.months, "ratio_bps": step.ratio_bps} for step in plan.ladder],
        "parts": dict(plan.parts),
        "pdf": {"bytes": len(pdf), "keccak": "0x" + keccak(pdf).hex()},
        "title": plan.title,
        "version": version,
    }


def plan_bytes_and_hash(value: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Canonical JSON and its Keccak-256."""
    data = canonical_json(dict(value))
    return data, keccak(data)


def _read_motions(motions: object) -> tuple[str, ...]:
    if not isinstance(motions, list) or not 2 <= len(motions) <= MOTION_LIMIT or not all(isinstance(title, str) for title in motions):
        raise PlanNotReadable(reason=f"motions: 2 to {MOTION_LIMIT} titles / 2 至 {MOTION_LIMIT} 项标题")
    titles = tuple(_read_text(line, title, "motions", TITLE_LIMIT) for title in motions)
    if len(set(titles)) != len(titles) or not all(map(has_letters, titles)):
        raise PlanNotReadable(reason="motions: different titles / 标题不得为空或重复")
    return titles


def _read_ladder(ladder: list[Any]) -> tuple[PayoutStep, ...]:
    steps = []
    for place, step in enumerate(ladder, start=1):
        if not isinstance(step, dict) or set(step) != {"months", "ratio_bps"}:
            raise PlanNotReadable(reason=f"ladder {place}: months, ratio_bps")
        if any(type(step[name]) is not int for name in step):
            raise PlanNotReadable(reason=f"ladder {place}: whole numbers / 整数")
        steps.append(PayoutStep(step["months"], step["ratio_bps"]))
    return tuple(steps)


def _check_ladder(ladder: Sequence[PayoutStep]) -> None:
    if not 1 <= len(ladder) <= STEP_LIMIT:
        raise LadderEmpty
    before = 0
    for place, step in enumerate(ladder, start=1):
        if not before < step.months <= MONTH_LIMIT:
            raise LadderNotRising(step=place)
        if not 1 <= step.ratio_bps <= WHOLE_BPS:
            raise LadderRatioOutOfRange(step=place)
        before = step.months
    total = sum(step.ratio_bps for step in ladder)
    if total > WHOLE_BPS:
        raise LadderAboveWhole(total_bps=total)


def read_reasons(text: str) -> str:
    """Why a plan is returned. Raises: ReasonsMissing, TextNotPlain."""
    try:
        reasons = prose(text, REASONS_LIMIT)
    except TextTooLong as error:
        raise ReasonsMissing(limit=REASONS_LIMIT) from error
    if not has_letters(reasons):
        raise ReasonsMissing(limit=REASONS_LIMIT)
    return reasons


def _read_text(read: Callable[[str, int], str], text: str, field: str, limit: int) -> str:
    try:
        return read(text, limit)
    except TextTooLong as error:
        raise PlanTextTooLong(field=field, limit=limit) from error
    except TextNotPlain as error:
        raise PlanNotReadable(reason=f"{field}: {error.facts['character']}") from error
