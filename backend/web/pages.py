"""Renders pages: the reader's language, the scripts with their checksums, and what stands on every page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.ground.common.clock import say_beijing
from backend.ground.common.errors import LenderVoteError, Unavailable
from backend.ground.common.money import say_large, say_yuan
from backend.ground.common.settings import Settings
from backend.ground.http.language import COOKIE, asked_language, language_of
from backend.ground.http.services import service_of
from backend.ground.http.status import status_of
from backend.vote.polls.service import PollService
from backend.web.catalogue import Say, speaker
from backend.web.result_view import choice_name, say_basis_points, say_count
from backend.web.view import COOKIE as VIEW_COOKIE
from backend.web.view import ELDER, PLAIN, asked_view, reading_view

WEB = Path(__file__).parent
STATIC = WEB / "static"
DIST = STATIC / "dist"
YEAR_SECONDS = 365 * 86_400


class PagesNotBuilt(Unavailable):
    """The page's modules were not bundled."""

    zh = "页面脚本尚未生成：请运行 make setup。"
    en = "The pages' modules are not built yet: run make setup."


@cache
def templates() -> Environment:
    """The templates; a name that is not there is an error, never an empty place."""
    return Environment(
        loader=FileSystemLoader(WEB / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def static_url(name: str) -> str:
    """A static file's address, which changes with its content. Raises: PagesNotBuilt."""
    try:
        digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    except FileNotFoundError as error:
        raise PagesNotBuilt from error
    return f"/static/{name}?v={digest}"


def built(name: str) -> bytes:
    """A file that was built whole beside the bundles. Raises: PagesNotBuilt."""
    try:
        return (DIST / name).read_bytes()
    except FileNotFoundError as error:
        raise PagesNotBuilt from error


def integrity(entry: str) -> str:
    """The checksum that the browser holds a module to. Raises: PagesNotBuilt."""
    try:
        manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    except FileNotFoundError as error:
        raise PagesNotBuilt from error
    return manifest[f"{entry}.js"]


def render(request: Request, template: str, status: int = 200, *, rehearsal: bool | None = None, **facts: Any) -> HTMLResponse:
    """A page in the reader's language; one about a poll says whether that is a rehearsal.

    Raises: PagesNotBuilt; TypeError for a fact by the name of one that every page has.
    """
    settings = service_of(request, Settings)
    language, view = language_of(request), reading_view(request)
    t = speaker(language)
    common = {
        "t": t,
        "language": language,
        "view": view,
        "hotline": settings.hotline,
        "office": office(settings, t),
        "demo": is_demo(request),
        "rehearsal": is_rehearsal(request, facts) if rehearsal is None else rehearsal,
        "other_language_url": _same_page(request, lang="en" if language == "zh" else "zh"),
        "other_view_url": _same_page(request, view=PLAIN if view == ELDER else ELDER),
        "static": static_url,
        "script": lambda entry: static_url(f"dist/{entry}.js"),
        "integrity": integrity,
        "moment": lambda moment: say_beijing(moment, language),
        "yuan": say_yuan,
        "large": lambda fen: t("common.yuan_large", amount=said) if (said := say_large(fen, language)) else "",
        "count": say_count,
        "percent": say_basis_points,
        "choice_name": lambda choice: choice_name(choice, t),
    }
    page = HTMLResponse(templates().get_template(template).render(**common, **facts), status_code=status)
    for asked, cookie, value in ((asked_language(request), COOKIE, language), (asked_view(request), VIEW_COOKIE, view)):
        if asked:
            page.set_cookie(cookie, value, max_age=YEAR_SECONDS, path="/", secure=settings.secure_cookies, httponly=True, samesite="lax")
    return page


def office(settings: Settings, t: Say) -> str:
    """Where and when a lender finds the working group; what an installation does not say, the help line tells."""
    said = t("common.office_line", address=settings.office_address) if settings.office_address else ""
    said += t("common.office_hours_line", hours=settings.office_hours) if settings.office_hours else ""
    return said or t("common.office_unset")


def is_rehearsal(request: Request, facts: dict[str, Any]) -> bool:
    """Whether the poll that the page shows is a rehearsal, as its contract has it; on other pages, whether all polls here are."""
    if "poll" in facts:
        return bool(facts["poll"]["rehearsal"])
    polls = service_of(request, PollService).list_polls()
    return bool(polls) and all(poll.rehearsal for poll in polls)


def is_demo(request: Request) -> bool:
    """Whether this installation shows invented data: the hotline or a poll's case says DEMO."""
    settings = service_of(request, Settings)
    if settings.hotline.startswith("DEMO"):
        return True
    return any(poll.title.startswith("DEMO") for poll in service_of(request, PollService).list_polls())


def error_page(request: Request, error: LenderVoteError) -> Response:
    """What went wrong, in words."""
    language = language_of(request)
    return render(request, "error.html", status_of(error), message=error.say(language))


class PageRoute(APIRoute):
    """A route whose refusals are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with errors turned into pages."""
        handle = super().get_route_handler()

        async def handle_in_words(request: Request) -> Response:
            try:
                return await handle(request)
            except PagesNotBuilt:
                raise  # there is nothing to show it with
            except LenderVoteError as error:
                if request.url.path.startswith("/api/"):
                    raise  # programs get the one error shape
                return error_page(request, error)

        return handle_in_words


def _same_page(request: Request, **wishes: str) -> str:
    return f"{request.url.path}?{urlencode({**request.query_params, **wishes})}"
