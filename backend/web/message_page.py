"""The page that says whether a message is ours, and takes a contest in one tap; it works without a script."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from backend.ground.common.errors import NotFound
from backend.ground.http.services import service_of
from backend.people.accounts.access import remote_address
from backend.people.notices.service import CheckedMessage, NoticeService
from backend.vote.tidings.service import TidingsService
from backend.web.pages import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/message")
def message_page(request: Request) -> Response:
    """The empty form."""
    return _shown(request, None, asked=False)


@router.post("/message")
def check_message(request: Request, text: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """What was pasted, and whether it is ours to the letter."""
    try:
        return _shown(request, service_of(request, NoticeService).check(text, remote_address(request)), asked=True)
    except NotFound:
        return _shown(request, None, asked=True)


@router.get("/n/{code}")
def link_page(request: Request, code: str) -> Response:
    """Where the link in a message leads."""
    return check_message(request, code)


@router.post("/n/{code}")
def contest(request: Request, code: str) -> Response:
    """I did not cast this: one tap."""
    service_of(request, TidingsService).contest(code[:20], remote_address(request))
    found = service_of(request, NoticeService).by_code(code)
    return _shown(request, found, asked=True, contested=True)


def _shown(request: Request, found: CheckedMessage | None, *, asked: bool, contested: bool = False) -> Response:
    status = 404 if asked and found is None else 200
    page = render(request, "message.html", status, found=found, asked=asked, contested=contested)
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
