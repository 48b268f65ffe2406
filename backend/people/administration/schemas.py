"""What the calls on accounts take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.ground.common.hex_text import Hex
from backend.ground.common.text_types import Line
from backend.people.accounts.pictures import picture_of
from backend.people.accounts.visitor import NewAccount
from backend.people.administration.rules import REASON_LENGTH
from backend.people.administration.service import AccountState, ChangeView, NewSecrets


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AccountIn(_Input):
    """An account to be made: official or institution."""

    name: Annotated[str, Line(64)]
    role: Annotated[str, Line(16)]


class ChangeIn(_Input):
    """A change to be proposed: disable, enable, password, second_factor or passkey."""

    kind: Annotated[str, Line(20)]
    reason: Annotated[str, Line(REASON_LENGTH)]


class AccountOut(BaseModel):
    """An account; `signing` is passkey, key_file or empty, `signer` what signs, or would sign in a case opened now.

    `renewal_due` names what somebody else gave and its owner has not renewed: password, second_factor.
    """

    id: str
    name: str
    role: str
    case_id: str | None
    disabled: bool
    signing: str
    signer: Hex | None
    renewal_due: list[str]

    @classmethod
    def of(cls, account: AccountState) -> AccountOut:
        """From the service's view."""
        return cls.model_validate(account, from_attributes=True)


class NewSecretsOut(BaseModel):
    """What the account signs in with from now on, shown this once, the authenticator's also as a picture; empty: unchanged."""

    password: str = Field(repr=False)
    totp_secret: str = Field(repr=False)
    provisioning_uri: str = Field(repr=False)
    provisioning_picture: str = Field(repr=False)


class NewAccountOut(NewSecretsOut):
    """An account just made."""

    id: str
    name: str
    role: str

    @classmethod
    def of(cls, account: NewAccount, given: NewSecrets) -> NewAccountOut:
        """From what the service made."""
        return cls(
            id=account.id,
            name=account.name,
            role=account.role,
            password=given.password,
            totp_secret=given.totp_secret,
            provisioning_uri=given.provisioning_uri,
            provisioning_picture=picture_of(given.provisioning_uri),
        )


class ChangeOut(BaseModel):
    """A change of an account, with who proposed it and who carried it out or withdrew it."""

    id: str
    account_id: str
    account_name: str
    case_id: str | None
    kind: str
    reason: str
    status: str
    proposed_by: str
    proposed_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    may_confirm: bool

    @classmethod
    def of(cls, change: ChangeView) -> ChangeOut:
        """From the service's view."""
        return cls.model_validate(change, from_attributes=True)


class CarriedOut(BaseModel):
    """A change carried out, with what the account signs in with from now on."""

    change: ChangeOut
    secrets: NewSecretsOut

    @classmethod
    def of(cls, change: ChangeView, given: NewSecrets) -> CarriedOut:
        """From what the service did."""
        shown = NewSecretsOut(
            password=given.password,
            totp_secret=given.totp_secret,
            provisioning_uri=given.provisioning_uri,
            provisioning_picture=picture_of(given.provisioning_uri),
        )
        return cls(change=ChangeOut.of(change), secrets=shown)
