"""Signing in and out, and renewing what one signs in by."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.ground.http.services import service
from backend.people.accounts import rules
from backend.people.accounts.access import (
    forget_session_cookie,
    here,
    remote_address,
    session_token,
    set_session_cookie,
    signed_in,
    write_down,
)
from backend.people.accounts.own import OwnAccountService
from backend.people.accounts.schemas import NewCodeIn, PasswordIn, Proof, SecondFactorOut, SessionOut, SignIn
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import ACCOUNT_ROLES, Visitor

router = APIRouter(prefix="/api", tags=["session"])


Accounts = Annotated[AccountService, Depends(service(AccountService))]
OwnAccounts = Annotated[OwnAccountService, Depends(service(OwnAccountService))]
Owner = Annotated[Visitor, Depends(signed_in(*ACCOUNT_ROLES, renewing=True))]


@router.post("/session")
def sign_in(body: SignIn, request: Request, response: Response, accounts: Accounts) -> SessionOut:
    """Sign in by password and one-time code; a new session replaces the former one."""
    opened = accounts.sign_in(body.name, body.password, body.code, remote_address(request), session_token(request))
    set_session_cookie(request, response, opened)
    return SessionOut.of(opened.visitor)


@router.get("/session")
def who_is_here(visitor: Annotated[Visitor | None, Depends(here)], response: Response) -> SessionOut:
    """Who is here, with the token for unsafe requests."""
    response.headers["Cache-Control"] = "no-store"
    return SessionOut.of(visitor)


@router.delete("/session")
def sign_out(
    _: Annotated[Visitor, Depends(signed_in(renewing=True))],
    request: Request,
    response: Response,
    accounts: Accounts,
) -> SessionOut:
    """End the session."""
    accounts.sign_out(session_token(request))
    forget_session_cookie(request, response)
    return SessionOut()


@router.post("/session/password")
def change_password(body: PasswordIn, visitor: Owner, own: OwnAccounts, accounts: Accounts, request: Request) -> SessionOut:
    """Change the visitor's own password, by the present one and a code; the account's other sessions end."""
    rules.check_new_password(body.new_password, body.password)
    proved = own.prove(visitor, body.password, body.code, remote_address(request))
    write_down(request, visitor, "changes their own password")
    own.change_password(session_token(request), proved, body.new_password)
    return SessionOut.of(accounts.visitor_of(session_token(request)))


@router.post("/session/second-factor")
def offer_second_factor(body: Proof, visitor: Owner, own: OwnAccounts, request: Request, response: Response) -> SecondFactorOut:
    """A new secret for the visitor's authenticator, by the present password and a code; it counts once a code by it is shown."""
    proved = own.prove(visitor, body.password, body.code, remote_address(request))
    response.headers["Cache-Control"] = "no-store"
    return SecondFactorOut.of(own.offer_second_factor(session_token(request), proved))


@router.post("/session/second-factor/confirmation")
def renew_second_factor(body: NewCodeIn, visitor: Owner, own: OwnAccounts, accounts: Accounts, request: Request) -> SessionOut:
    """Take the offered secret, by a code that the authenticator shows with it; the account's other sessions end."""
    own.check_new_code(session_token(request), body.code)
    write_down(request, visitor, "renews their own second factor")
    own.take_second_factor(session_token(request), body.code)
    return SessionOut.of(accounts.visitor_of(session_token(request)))
