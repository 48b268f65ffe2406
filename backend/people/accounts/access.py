"""Who is here: the dependencies with which every room's routes ask for their visitor.

Official = Annotated[Visitor, Depends(signed_in("official"))]

@router.post("/things")
def make_thing(visitor: Official) -> ...
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from fastapi import Request, Response

from backend.ground.audit.service import AuditService
from backend.ground.common.errors import NotSignedIn
from backend.ground.common.settings import Settings
from backend.ground.http.services import service_of
from backend.people.accounts.errors import CsrfTokenWrong, RenewalDue, RoleNotAllowed
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import LENDER, OpenedSession, Visitor

COOKIE = "lendervote_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

__all__ = [
    "LENDER",
    "Visitor",
    "here",
    "maybe_signed_in",
    "remote_address",
    "session_token",
    "set_session_cookie",
    "signed_in",
    "write_down",
]


def signed_in(*roles: str, renewing: bool = False) -> Callable[[Request], Visitor]:
    """A dependency that gives the visitor, who has one of the roles (none named: any role).

    For unsafe methods it also demands the session's own token in the header X-CSRF-Token. Whoever still has to renew what somebody else
    gave them is let in only where `renewing`. Raises: NotSignedIn, RoleNotAllowed, RenewalDue, CsrfTokenWrong.
    """

    def visitor_of_request(request: Request) -> Visitor:
        visitor = here(request)
        if visitor is None:
            raise NotSignedIn
        if roles and visitor.role not in roles:
            raise RoleNotAllowed(roles="、".join(roles))
        if visitor.renewal_due and not renewing:
            raise RenewalDue
        if request.method not in _SAFE_METHODS and visitor.role != LENDER:
            write_down(request, visitor, f"{request.method} {request.url.path}")
        return visitor

    return visitor_of_request


def maybe_signed_in(request: Request) -> Visitor | None:
    """A dependency for pages that anyone may see: the visitor, or None when nobody is signed in, or somebody whose renewal is due.

    Raises: CsrfTokenWrong for an unsafe method of somebody who is signed in.
    """
    visitor = here(request)
    return None if visitor is None or visitor.renewal_due else visitor


def here(request: Request) -> Visitor | None:
    """A dependency for the session itself: whoever it belongs to, also while a renewal is due. Raises: CsrfTokenWrong."""
    accounts, token = service_of(request, AccountService), session_token(request)
    try:
        visitor = accounts.visitor_of(token)
    except NotSignedIn:
        return None
    if request.method not in _SAFE_METHODS:
        _check_csrf(request, visitor)
    return visitor


def session_token(request: Request) -> str:
    """The session cookie's value; empty when there is none."""
    return request.cookies.get(_cookie_name(_is_secure(request)), "")


def set_session_cookie(request: Request, response: Response, opened: OpenedSession) -> None:
    """Hand the new session to the browser: HttpOnly, SameSite=Strict, `__Host-` and Secure behind HTTPS."""
    secure = _is_secure(request)
    response.set_cookie(
        _cookie_name(secure), opened.token, max_age=opened.lasts_seconds, path="/", secure=secure, httponly=True, samesite="strict"
    )
    response.headers["Cache-Control"] = "no-store"


def forget_session_cookie(request: Request, response: Response) -> None:
    """Take the cookie away again."""
    secure = _is_secure(request)
    response.delete_cookie(_cookie_name(secure), path="/", secure=secure, httponly=True, samesite="strict")


def remote_address(request: Request) -> str:
    """The network address that the request came from, as the server sees it."""
    return request.client.host if request.client else "unknown"


def write_down(request: Request, visitor: Visitor, act: str) -> None:
    """Into the log of official acts, before the act: what cannot be written down is not done."""
    service_of(request, AuditService).record(visitor.account_id, visitor.role, act)


def _check_csrf(request: Request, visitor: Visitor) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), visitor.csrf_token.encode()):
        raise CsrfTokenWrong


def _is_secure(request: Request) -> bool:
    return service_of(request, Settings).secure_cookies


def _cookie_name(secure: bool) -> str:
    return f"__Host-{COOKIE}" if secure else COOKIE
