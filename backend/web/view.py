"""The reader's view: plain, or the elder view with larger letters and targets (适老化); chosen by a link and kept in a cookie."""

from __future__ import annotations

from fastapi import Request

COOKIE = "lendervote_view"
PLAIN, ELDER = "plain", "elder"
VIEWS = (PLAIN, ELDER)


def asked_view(request: Request) -> str | None:
    """The view that `?view=` asks for, or None when it asks for none of ours."""
    asked = request.query_params.get("view", "")
    return asked if asked in VIEWS else None


def reading_view(request: Request) -> str:
    """`?view=`, else the cookie, else plain."""
    kept = request.cookies.get(COOKIE, PLAIN)
    return asked_view(request) or (kept if kept in VIEWS else PLAIN)
