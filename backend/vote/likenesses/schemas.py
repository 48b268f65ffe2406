"""Shapes of lists of likenesses over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from backend.ground.common.text_types import Line, PlainJson
from backend.vote.likenesses.rules import Band


class StatementIn(BaseModel):
    """The verifier's signed statement as it is (protocol §14)."""

    statement: PlainJson


class FindingIn(BaseModel):
    """Why an official found what is in the address."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Line(2000)]


class PairOut(BaseModel):
    """Two lenders whose faces look alike; `finding` is empty, same_person, different or documents."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    rank: int
    first: int
    second: int
    first_name: str
    second_name: str
    band: Band
    finding: str
    reason: str
    found_by: str
    found_at: datetime | None


class ListOut(BaseModel):
    """A list; `expected_false_milli` thousandths of a pair would be on it by chance alone (upper bound)."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    model: str
    made_at: str
    searched: int
    fmr_ppb: int
    expected_false_milli: int
    pairs: list[PairOut]
