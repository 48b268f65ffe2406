"""What the calls on tidings take and give; the ledger's own are in its room."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from backend.ground.common.hex_text import HexSignature
from backend.ground.common.text_types import Line


class ContestIn(BaseModel):
    """The code in the notice that a ballot was recorded."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Line(12)]


class ContestOut(BaseModel):
    """A contest that was taken; officials see it before they can sign the result."""

    poll_id: str
    taken: bool = True


class ContestedIn(BaseModel):
    """The alarms' signed word of which ballots are contested (protocol §27.2): `content` is canonical JSON, as it was signed."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[str, Line(900_000)]
    signature: HexSignature


class ContestedOut(BaseModel):
    """How many of a poll's ballots are contested now."""

    contested: int


class PostedOut(BaseModel):
    """How many letters went to the post."""

    posted: int
