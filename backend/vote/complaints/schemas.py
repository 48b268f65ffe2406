"""What the calls on complaints take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from backend.ground.common.text_types import Line, Prose
from backend.vote.complaints.rules import KINDS
from backend.vote.complaints.service import ComplaintView
from backend.vote.complaints.store import ComplaintStatus

KIND_NAMES = tuple(KINDS)
"""What a complaint may be about, as `kind` names it, in order."""


class ComplaintIn(BaseModel):
    """A lender's complaint: `not_recorded`, `recorded_otherwise` or `other`; the receipt's number where there is one."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Line(100)]
    receipt_number: Annotated[str, Line(64)] = ""
    text: Annotated[str, Prose(20_000)]


class AnswerIn(BaseModel):
    """An official's answer, which closes the complaint."""

    model_config = ConfigDict(extra="forbid")

    answer: Annotated[str, Prose(20_000)]


class ComplaintOut(BaseModel):
    """A complaint and its answer; `status` is waiting or closed."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    poll_id: str
    index: int
    name_masked: str
    kind: str
    receipt_number: str
    text: str
    status: ComplaintStatus
    filed_at: datetime
    answer: str
    answered_by: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, complaint: ComplaintView) -> ComplaintOut:
        """From the service's view."""
        return cls.model_validate(complaint)
