"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.ground.http.services import service
from backend.people.accounts.access import (
    forget_session_cookie,
    maybe_signed_in,
    remote_address,
    session_token,
    set_session_cookie,
    signed_in,
)
from backend.people.accounts.schemas import SessionOut, SignIn
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import Visitor

router = APIRouter(prefix="/api", tags=["session"])


@router.post("/session")
def sign_in(
    body: SignIn, request: Request, response: Response, accounts: Annotated[AccountService, Depends(service(AccountService))]
) -> SessionOut:
    """Sign in by password and one-time code; a new session replaces the former one."""
    opened = accounts.sign_in(body.name, body.password, body.code, remote_address(request), session_token(request))
    set_session_cookie(request, response, opened)
    return SessionOut.of(opened.visitor)


@router.get("/session")
def who_is_here(visitor: Annotated[Visitor | None, Depends(maybe_signed_in)], response: Response) -> SessionOut:
    """Who is here, with the token for unsafe requests."""
    response.headers["Cache-Control"] = "no-store"
    return SessionOut.of(visitor)


@router.delete("/session")
def sign_out(
    _: Annotated[Visitor, Depends(signed_in())],
    request: Request,
    response: Response,
    accounts: Annotated[AccountService, Depends(service(AccountService))],
) -> SessionOut:
    """End the session."""
    accounts.sign_out(session_token(request))
    forget_session_cookie(request, response)
    return SessionOut()
