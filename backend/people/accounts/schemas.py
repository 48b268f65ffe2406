"""What the session's calls take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.ground.common.text_types import Line, Plain
from backend.people.accounts.visitor import Visitor


class SignIn(BaseModel):
    """Name, password and the authenticator's six digits."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(64)]
    password: Annotated[str, Plain(128), Field(max_length=128, repr=False)]
    code: Annotated[str, Line(12), Field(repr=False)]


class LenderOut(BaseModel):
    """Which lender of which poll is here."""

    poll_id: str
    index: int
    name_masked: str


class SessionOut(BaseModel):
    """Who is here; role and token are null when nobody is."""

    role: str | None = None
    name: str | None = None
    case_id: str | None = None
    lender: LenderOut | None = None
    csrf_token: str | None = None

    @classmethod
    def of(cls, visitor: Visitor | None) -> SessionOut:
        """The visitor as JSON."""
        if visitor is None:
            return cls()
        lender = None
        if visitor.poll_id is not None and visitor.lender_index is not None:
            lender = LenderOut(poll_id=visitor.poll_id, index=visitor.lender_index, name_masked=visitor.name)
        return cls(role=visitor.role, name=visitor.name, case_id=visitor.case_id, lender=lender, csrf_token=visitor.csrf_token)
