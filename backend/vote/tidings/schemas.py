"""What the calls on tidings take and give; the ledger's own are in its room."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.ground.common.hex_text import HexSignature
from backend.ground.common.text_types import Line
from backend.people.notices.numbers import NumberChange


class WordIn(BaseModel):
    """The word by which the lender knows our messages."""

    model_config = ConfigDict(extra="forbid")

    word: Annotated[str, Line(20)]


class NumberIn(BaseModel):
    """A lender by index, and the new number, of any country."""

    model_config = ConfigDict(extra="forbid")

    index: Annotated[int, Field(strict=True, ge=0, lt=2**32)]
    number: Annotated[str, Line(40)]


class NumberChangeOut(BaseModel):
    """A change of a number: `state` is proposed, confirmed, effective or withdrawn; of the number only the end."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    lender_index: int
    number_end: str
    state: str
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    effective_at: datetime | None

    @classmethod
    def of(cls, change: NumberChange) -> NumberChangeOut:
        """From the desk's view."""
        return cls.model_validate(change)


class ContestIn(BaseModel):
    """The code in the notice that a ballot was recorded."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Line(12)]


class ContestOut(BaseModel):
    """A contest that was taken; officials see it before they can sign the result."""

    poll_id: str
    taken: bool = True


class ContestedIn(BaseModel):
    """The alarms' signed word of which ballots are contested (protocol §29.2): `content` is canonical JSON, as it was signed."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[str, Line(900_000)]
    signature: HexSignature


class ContestedOut(BaseModel):
    """How many of a poll's ballots are contested now."""

    contested: int


class PostedIn(BaseModel):
    """The last letter that went to the post: the number at its foot, or in the last row of the list."""

    model_config = ConfigDict(extra="forbid")

    last: Annotated[str, Line(20)]


class PostedOut(BaseModel):
    """How many letters went to the post."""

    posted: int
