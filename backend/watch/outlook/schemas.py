"""What the calls on the outlook give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from backend.case.plans.schemas import LadderStepOut
from backend.ground.common.hex_text import Hex
from backend.watch.outlook.book import PROBLEMS_LISTED
from backend.watch.outlook.comparables import Comparable, Quality
from backend.watch.outlook.liquidation import Assumptions, beside, waterfall
from backend.watch.outlook.views import BookReport, ForecastView

__all__ = ["Assumptions"]


class ComparableOut(BaseModel):
    """A public outcome: what was paid, of what, when, and who says so; `kind` and `note` are keys of sentences."""

    name: str
    kind: str
    as_of: str
    source: str
    quality: Quality
    paid_bps: int
    paid_yuan: int | None
    base_yuan: int | None
    promised_bps: int | None
    note: str

    @classmethod
    def of(cls, fact: Comparable) -> ComparableOut:
        """The fact as JSON."""
        return cls.model_validate(fact, from_attributes=True)


class YearOut(BaseModel):
    """Paid in all by the end of a year, in basis points, and the same in today's worth."""

    year: int
    plan: int
    liquidation: int
    plan_today: int
    liquidation_today: int


class StepOut(BaseModel):
    """What a step took and what it left, in basis points."""

    name: str
    taken_bps: int
    after_bps: int


def years_of(ladder: Sequence[LadderStepOut], assumed: Assumptions) -> list[YearOut]:
    """The plan beside liquidation."""
    return [YearOut.model_validate(vars(year)) for year in beside(ladder, assumed)]


def steps_of(assumed: Assumptions) -> list[StepOut]:
    """From what assets bring to what it is worth today."""
    return [StepOut(name=step.name, taken_bps=step.taken, after_bps=step.after) for step in waterfall(assumed)]


class ForecastPointOut(BaseModel):
    """Of what was unpaid, the share that is expected back by a month, and its interval, in basis points."""

    month: int
    share_bps: int
    low_bps: int
    high_bps: int


class ScoreOut(BaseModel):
    """What had come back by a later book, beside the forecast."""

    months: int
    came_bps: int
    share_bps: int
    low_bps: int
    high_bps: int


class ForecastOut(BaseModel):
    """A forecast: points, or the reason why there are none; what it was made with, and its hash."""

    made_at: datetime
    as_of: str
    loans: int
    unpaid_fen: int
    book_keccak: str
    model_keccak: str
    method: str
    reason: str
    facts: dict[str, int]
    points: list[ForecastPointOut]
    errors_bps: dict[str, int]
    content_hash: Hex
    audit_number: int
    scores: list[ScoreOut]

    @classmethod
    def of(cls, view: ForecastView) -> ForecastOut:
        """The forecast as JSON."""
        content, result = view.content, view.content["result"] or {}
        names = ("month", "share_bps", "low_bps", "high_bps")
        return cls(
            made_at=view.made_at, as_of=f"{content['as_of'] // 12}-{content['as_of'] % 12 + 1:02}", loans=content["loans"],
            unpaid_fen=content["unpaid_fen"], book_keccak=content["book_keccak"], model_keccak=content["model"]["keccak"],
            method=result.get("method", ""), reason=content["reason"], facts=content["facts"], errors_bps=result.get("errors_bps", {}),
            points=[ForecastPointOut(**dict(zip(names, point, strict=True))) for point in result.get("by_month", [])],
            content_hash=view.content_hash, audit_number=view.audit_number, scores=[ScoreOut(**vars(score)) for score in view.scores],
        )  # fmt: skip


class OutlookOut(BaseModel):
    """Public outcomes, and the case's forecasts, newest first."""

    comparables: list[ComparableOut]
    forecasts: list[ForecastOut]


class ProblemOut(BaseModel):
    """A contradiction in a loan book."""

    row: int
    field: str
    rule: str
    message_zh: str
    message_en: str


class BookOut(BaseModel):
    """What an import of a loan book found; `id` is blank where nothing was stored."""

    id: str
    file_name: str
    rows: int
    loans: int
    unpaid_fen: int
    refused: int
    problems: list[ProblemOut]

    @classmethod
    def of(cls, report: BookReport) -> BookOut:
        """The report as JSON, its list cut where it helps nobody."""
        listed = [
            ProblemOut(row=one.row, field=one.field, rule=one.error.code, message_zh=one.error.say("zh"), message_en=one.error.say("en"))
            for one in report.problems[:PROBLEMS_LISTED]
        ]
        return cls(
            id=report.id, file_name=report.file_name, rows=report.rows, loans=report.loans, unpaid_fen=report.unpaid_fen,
            refused=len(report.problems), problems=listed,
        )  # fmt: skip
