"""What the room of plans gives to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class PlanStatus(StrEnum):
    """Where a version of a plan stands."""

    DRAFT = "draft"
    SUBMITTING = "submitting"
    """Signed by the institution; on its way to the chain."""
    SUBMITTED = "submitted"
    RETURNED = "returned"
    """Sent back by an official, with reasons."""
    ADMITTED = "admitted"
    """The officials let it come to a vote."""


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """One version of a plan; `content` is the object whose canonical JSON was hashed (protocol §7).

    `plan_number` is None for drafts.
    """

    id: str
    case_id: str
    version: int
    title: str
    content: Mapping[str, Any]
    plan_hash: bytes
    plan_number: int | None
    status: PlanStatus
    reasons: str | None
    returned_by: str | None
    drafted_at: datetime
    submitted_at: datetime | None
    admitted_at: datetime | None
