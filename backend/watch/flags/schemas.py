"""What the calls on flags take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from backend.ground.common.hex_text import Hex
from backend.ground.common.text_types import Line, Prose
from backend.watch.flags.views import ItemStatus, ItemView, ObjectionView, PublicView, ToldView


class DecisionIn(BaseModel):
    """An official's finding, `explained` or `look_further`, and the reason, given before the flag is shown."""

    model_config = ConfigDict(extra="forbid")

    finding: Annotated[str, Line(20)]
    reason: Annotated[str, Prose(2_000)]


class WordsIn(BaseModel):
    """A lender's objection, or an official's answer to it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Prose(2_000)]


class DecisionOut(BaseModel):
    """What a named official found, and why."""

    model_config = ConfigDict(from_attributes=True)

    official: str
    finding: str
    reason: str
    decided_at: datetime


class ObjectionOut(BaseModel):
    """A lender's objection and its answer."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    text: str
    filed_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None

    @classmethod
    def of(cls, objection: ObjectionView) -> ObjectionOut:
        """From the service's view."""
        return cls.model_validate(objection)


class FlagOut(BaseModel):
    """An item of the queue; `flagged` null, `bounds` and `decisions` empty before the visitor's own decision."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    case_id: str
    poll_id: str | None
    place: int
    rule: str
    facts: dict[str, int | str]
    names: list[str]
    lenders: int
    officials: list[str]
    status: ItemStatus
    own: DecisionOut | None
    decisions: list[DecisionOut]
    flagged: bool | None
    bounds: dict[str, int]
    objections: list[ObjectionOut]

    @classmethod
    def of(cls, item: ItemView) -> FlagOut:
        """From the service's view."""
        return cls.model_validate(item)


class ToldOut(BaseModel):
    """An item as a lender whom it concerns is told of it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    rule: str
    facts: dict[str, int | str]
    flagged: bool
    decisions: list[DecisionOut]
    objections: list[ObjectionOut]

    @classmethod
    def of(cls, item: ToldView) -> ToldOut:
        """From the service's view."""
        return cls.model_validate(item)


class RunOut(BaseModel):
    """One run: rules, data and the seed that drew the controls."""

    model_config = ConfigDict(from_attributes=True)

    poll_id: str | None
    run_at: datetime
    rules_hash: Hex
    data_hash: Hex
    seed: Hex
    flagged: int
    controls: int
    audit_number: int


class AgreementOut(BaseModel):
    """Items that two officials decided, and how."""

    model_config = ConfigDict(from_attributes=True)

    decided: int
    both_explained: int
    both_look_further: int
    apart: int


class GroupRateOut(BaseModel):
    """Lenders of a group, and how many of them were flagged though both officials found it explained."""

    model_config = ConfigDict(from_attributes=True)

    group: str
    lenders: int
    explained: int


class FlagsOut(BaseModel):
    """What everybody may know of a case's flags; `rules` is the canonical JSON that was hashed."""

    model_config = ConfigDict(from_attributes=True)

    rules: str
    rules_hash: Hex
    anchored_at: datetime | None
    audit_number: int | None
    runs: list[RunOut]
    flagged: AgreementOut
    controls: AgreementOut
    rates: list[GroupRateOut]

    @classmethod
    def of(cls, view: PublicView) -> FlagsOut:
        """From the service's view."""
        return cls.model_validate(view)
