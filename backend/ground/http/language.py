"""The language that a program's answer is written in."""

from __future__ import annotations

from fastapi import Request


def language_of(request: Request) -> str:
    """`zh` or `en`: `?lang=`, else the cookie, else Accept-Language, else zh."""
    asked = request.query_params.get("lang") or request.cookies.get("lendervote_lang") or request.headers.get("accept-language", "")
    return "en" if asked.strip().lower().startswith("en") else "zh"
