"""One rule for the language of answers and pages."""

from __future__ import annotations

import pytest
from fastapi import Request

from backend.ground.http.language import best_accepted, language_of
from tests.language_cases import ACCEPTED


def request(query: str = "", cookie: str = "", accepted: str = "") -> Request:
    headers = [(b"accept-language", accepted.encode())] + ([(b"cookie", f"lendervote_lang={cookie}".encode())] if cookie else [])
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(("header", "language"), ACCEPTED)
def test_accepted__best_of_ours_by_weight(header: str, language: str | None) -> None:
    assert best_accepted(header) == language


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        ("", "", "", "zh"),
        ("lang=en", "zh", "zh", "en"),
        ("lang=EN-us", "", "", "en"),
        ("lang=fr", "en", "zh", "en"),
        ("lang=english", "", "", "zh"),
        ("", "en", "zh", "en"),
        ("", "xx", "de,en", "en"),
        ("", "", "de,en", "en"),
    ],
)
def test_language__address_then_cookie_then_browser_then_chinese(query: str, cookie: str, accepted: str, language: str) -> None:
    assert language_of(request(query, cookie, accepted)) == language
