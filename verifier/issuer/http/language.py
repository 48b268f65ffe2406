"""The language that the issuer answers in: the rule of the backend, without its cookie."""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection

LANGUAGES = ("zh", "en")
_WISH = re.compile(r"([a-zA-Z]{1,8})(?:-[a-zA-Z0-9-]{1,35})?(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?")


def language_of(request: HTTPConnection) -> str:
    """`zh` or `en`: `?lang=`, else the best of Accept-Language that is one of ours, else Chinese."""
    asked = _ours(request.query_params.get("lang", ""))
    return asked or best_accepted(request.headers.get("accept-language", "")) or "zh"


def best_accepted(header: str) -> str | None:
    """The first of our languages by weight in an Accept-Language header (RFC 9110, section 12.5.4); other parts are passed over."""
    wishes: list[tuple[float, str]] = []
    for part in header.split(","):
        found = _WISH.fullmatch(part.strip())
        if found and (language := _ours(found[1])):
            wishes.append((-float(found[2] or 1), language))
    weight, language = min(wishes, key=lambda one: one[0], default=(0.0, ""))
    return language if weight < 0 else None


def _ours(wish: str) -> str | None:
    language = wish.strip().lower().replace("_", "-").split("-")[0]
    return language if language in LANGUAGES else None
