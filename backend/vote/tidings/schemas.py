"""What the calls on tidings take and give; the ledger's own are in its room."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from backend.ground.common.text_types import Line


class ContestIn(BaseModel):
    """The code in the notice that a ballot was recorded."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Line(12)]


class ContestOut(BaseModel):
    """A contest that was taken; officials see it before they can sign the result."""

    poll_id: str
    taken: bool = True


class PostedOut(BaseModel):
    """How many letters went to the post."""

    posted: int
