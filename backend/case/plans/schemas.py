"""What the calls on plans take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from backend.case.plans.contradictions import Contradiction, Rule
from backend.case.plans.rules import PARTS
from backend.case.plans.views import PlanStatus, PlanView
from backend.ground.common.hex_text import Hex, HexSignature
from backend.ground.common.text_types import Prose

PART_NAMES = tuple(PARTS)
"""The parts of a plan, as `parts` names them, in order."""


class LadderStepOut(BaseModel):
    """`ratio_bps` basis points of the admitted amount, `months` after the approval."""

    months: int
    ratio_bps: int


class PdfOut(BaseModel):
    """The PDF's length and Keccak-256."""

    bytes: int
    keccak: str


class PlanOut(BaseModel):
    """One version of a plan; `typed_data` is what the institution signs to submit a draft. `motions` are the titles of what is voted on
    one by one, none where the plan is voted on as a whole."""

    id: str
    case_id: str
    version: int
    title: str
    parts: dict[str, str]
    ladder: list[LadderStepOut]
    motions: list[str]
    pdf: PdfOut
    plan_hash: Hex
    plan_number: int | None
    status: PlanStatus
    reasons: str | None
    returned_by: str | None
    drafted_at: datetime
    submitted_at: datetime | None
    admitted_at: datetime | None
    typed_data: dict[str, Any] | None = None

    @classmethod
    def of(cls, plan: PlanView, typed_data: dict[str, Any] | None = None) -> PlanOut:
        """The plan as JSON."""
        facts = {name: getattr(plan, name) for name in cls.model_fields if name not in {"parts", "ladder", "motions", "pdf", "typed_data"}}
        content = {name: plan.content[name] for name in ("parts", "ladder", "pdf")} | {"motions": plan.content.get("motions", [])}
        return cls.model_validate({**facts, **content, "typed_data": typed_data})


class PieceOut(BaseModel):
    """A stretch of text: `kept`, `taken_out` or `put_in`."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    text: str


class PaymentOut(BaseModel):
    """One month's payment in both versions; null where a version has none."""

    model_config = ConfigDict(from_attributes=True)

    months: int
    before_bps: int | None
    after_bps: int | None


class ChangesOut(BaseModel):
    """What tells a plan from an earlier one."""

    title: list[PieceOut]
    parts: dict[str, list[PieceOut]]
    payments: list[PaymentOut]
    pdf_changed: bool


class ContradictionOut(BaseModel):
    """A sentence of a part, what it says and what the payment schedule says instead; figures are blank for a condition."""

    part: str
    sentence: str
    rule: Rule
    said: str
    ladder: str
    words_zh: str
    words_en: str

    @classmethod
    def of(cls, found: Contradiction) -> ContradictionOut:
        """The contradiction as JSON, explained in both languages."""
        return cls(
            part=found.part, sentence=found.sentence, rule=found.rule, said=found.said, ladder=found.ladder, words_zh=found.words("zh"),
            words_en=found.words("en"),
        )  # fmt: skip


class SubmissionIn(BaseModel):
    """The institution's signature over the plan's submission."""

    model_config = ConfigDict(extra="forbid")

    signature: HexSignature


class ReturnIn(BaseModel):
    """Why a plan is returned."""

    model_config = ConfigDict(extra="forbid")

    reasons: Annotated[str, Prose(20_000)]
