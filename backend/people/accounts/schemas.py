"""What the session's calls take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.ground.common.text_types import Line, Plain
from backend.people.accounts.pictures import picture_of
from backend.people.accounts.visitor import NewAccount, Visitor


class SignIn(BaseModel):
    """Name, password and the authenticator's six digits."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(64)]
    password: Annotated[str, Plain(128), Field(max_length=128, repr=False)]
    code: Annotated[str, Line(12), Field(repr=False)]


class Proof(BaseModel):
    """The present password and the present authenticator's six digits."""

    model_config = ConfigDict(extra="forbid")

    password: Annotated[str, Plain(128), Field(max_length=128, repr=False)]
    code: Annotated[str, Line(12), Field(repr=False)]


class PasswordIn(Proof):
    """The present password and code, and the new password: 12 to 128 characters."""

    new_password: Annotated[str, Plain(128), Field(max_length=128, repr=False)]


class NewCodeIn(BaseModel):
    """Six digits by the secret just offered."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Line(12), Field(repr=False)]


class SecondFactorOut(BaseModel):
    """What goes into an authenticator, shown this once: as text, as an address, and as a picture of the address (a data address of SVG)."""

    totp_secret: str = Field(repr=False)
    provisioning_uri: str = Field(repr=False)
    provisioning_picture: str = Field(repr=False)

    @classmethod
    def of(cls, account: NewAccount) -> SecondFactorOut:
        """From what the service made."""
        return cls(
            totp_secret=account.totp_secret,
            provisioning_uri=account.provisioning_uri,
            provisioning_picture=picture_of(account.provisioning_uri),
        )


class LenderOut(BaseModel):
    """Which lender of which poll is here."""

    poll_id: str
    index: int
    name_masked: str


class SessionOut(BaseModel):
    """Who is here; role and token are null when nobody is. `account_id`: null for lenders, who have none. `renewal_due`: password,
    second_factor, or both, before anything else."""

    role: str | None = None
    account_id: str | None = None
    name: str | None = None
    case_id: str | None = None
    lender: LenderOut | None = None
    csrf_token: str | None = None
    renewal_due: list[str] = []

    @classmethod
    def of(cls, visitor: Visitor | None) -> SessionOut:
        """The visitor as JSON."""
        if visitor is None:
            return cls()
        lender = None
        if visitor.poll_id is not None and visitor.lender_index is not None:
            lender = LenderOut(poll_id=visitor.poll_id, index=visitor.lender_index, name_masked=visitor.name)
        return cls(
            role=visitor.role,
            account_id=visitor.account_id,
            name=visitor.name,
            case_id=visitor.case_id,
            lender=lender,
            csrf_token=visitor.csrf_token,
            renewal_due=[part.value for part in visitor.renewal_due],
        )
