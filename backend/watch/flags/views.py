"""What the room gives to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

FINDINGS = ("explained", "look_further")
EXPLAINED, LOOK_FURTHER = FINDINGS
DECIDERS = 2


class ItemStatus(StrEnum):
    """Whether two officials have decided."""

    WAITING = "waiting"
    DECIDED = "decided"


@dataclass(frozen=True)
class DecisionView:
    """What a named official found, and why."""

    official: str
    finding: str
    reason: str = field(repr=False)
    decided_at: datetime


@dataclass(frozen=True)
class ObjectionView:
    """What a lender said against an item; the answer is empty while it waits."""

    id: str
    text: str = field(repr=False)
    filed_at: datetime
    answer: str = field(repr=False)
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True)
class ItemView:
    """An item as one official sees it.

    `own` is None before the official's own decision; until then `flagged`, `bounds` and the other's decision are not told (None, empty).
    """

    id: str
    case_id: str
    poll_id: str | None
    place: int
    rule: str
    facts: Mapping[str, int | str]
    names: Sequence[str] = field(repr=False)
    lenders: int
    officials: Sequence[str]
    status: ItemStatus
    own: DecisionView | None
    decisions: Sequence[DecisionView]
    flagged: bool | None
    bounds: Mapping[str, int]
    objections: Sequence[ObjectionView]


@dataclass(frozen=True)
class ToldView:
    """An item as a lender whom it concerns is told of it."""

    id: str
    rule: str
    facts: Mapping[str, int | str]
    flagged: bool
    decisions: Sequence[DecisionView]
    objections: Sequence[ObjectionView]


@dataclass(frozen=True)
class RunView:
    """One run: what by, of what, how many; the seed draws the controls and mixes the queue."""

    poll_id: str | None
    run_at: datetime
    rules_hash: bytes
    data_hash: bytes
    seed: bytes
    flagged: int
    controls: int
    audit_number: int


@dataclass(frozen=True)
class Agreement:
    """Of the items that two officials decided: how often they agreed, and on which finding."""

    decided: int
    both_explained: int
    both_look_further: int
    apart: int


@dataclass(frozen=True)
class GroupRate:
    """Of a group of lenders, how many were flagged though both officials found it explained; `many` below 5 is not told in public."""

    group: str
    lenders: int
    explained: int


@dataclass(frozen=True)
class PublicView:
    """What everybody may know: rules, runs, agreement on flagged ones and on those drawn at random; no person, no item."""

    rules: str
    rules_hash: bytes
    anchored_at: datetime | None
    audit_number: int | None
    runs: Sequence[RunView]
    flagged: Agreement
    controls: Agreement
    rates: Sequence[GroupRate]
