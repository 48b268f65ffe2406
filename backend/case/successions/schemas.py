"""What the calls on successions take."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.case.cases.schemas import InstitutionIn, Name, OfficialIn
from backend.ground.common.text_types import Line


class SuccessionIn(BaseModel):
    """Who shall come after those in office; without an institution the present one stays. The notice counts from the announcement on."""

    model_config = ConfigDict(extra="forbid", strict=False)

    officials: list[OfficialIn] = Field(max_length=100)
    threshold: int = Field(strict=True)
    institution: InstitutionIn | None = None
    institution_account_id: Name = ""
    institution_account_name: Name = ""
    notice_seconds: int = Field(strict=True, ge=0, lt=2**32)
    reason: Annotated[str, Line(2000)]
