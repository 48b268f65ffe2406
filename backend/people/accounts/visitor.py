"""Whoever is here: the visitor of one request and the session just opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

ADMIN, OFFICIAL, INSTITUTION, LENDER = "admin", "official", "institution", "lender"
ACCOUNT_ROLES = (ADMIN, OFFICIAL, INSTITUTION)


class SignInPart(StrEnum):
    """What an account signs in by."""

    PASSWORD = "password"  # noqa: S105  # the part's name
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True)
class Visitor:
    """Who is signed in.

    Officials, institutions and administrators have an `account_id` and no poll; lenders have `case_id`, `poll_id` and their index in
    the poll's register, and no account. An official may sit in several cases: membership is asked of the case, `case_id` is the first.
    `renewal_due` are the parts that somebody else knows: until they are renewed, the session does nothing else.
    """

    account_id: str | None
    role: str
    name: str
    case_id: str | None = None
    lender_index: int | None = None
    poll_id: str | None = None
    csrf_token: str = field(default="", repr=False)
    renewal_due: tuple[SignInPart, ...] = ()


@dataclass(frozen=True)
class OpenedSession:
    """A session just opened; the only moment at which its token is known."""

    token: str = field(repr=False)
    visitor: Visitor
    expires_at: datetime
    lasts_seconds: int

    @property
    def csrf_token(self) -> str:
        """What unsafe requests carry in X-CSRF-Token."""
        return self.visitor.csrf_token


@dataclass(frozen=True)
class AccountView:
    """An account as others may see it."""

    id: str
    name: str
    role: str
    case_id: str | None
    signer: bytes | None
    disabled: bool = False
    held: bool = False
    """A case is being opened with the account's signer."""
    renewal_due: tuple[SignInPart, ...] = ()


@dataclass(frozen=True)
class NewAccount:
    """An account just created; `provisioning_uri` goes into an authenticator once and is not shown again."""

    id: str
    name: str
    role: str
    provisioning_uri: str = field(repr=False)
    totp_secret: str = field(repr=False)
