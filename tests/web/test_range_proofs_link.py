"""Where a register has range proofs, a lender and everybody find the file; where it has none, nothing says that it does."""

from __future__ import annotations

import pytest

from backend.web.catalogue import speaker
from backend.web.pages import WEB, templates

WORDS = {"zh": "没有人的金额为负", "en": "no lender's amount is negative"}


def shown(language: str, *, proved: bool) -> str:
    return templates().get_template("poll/range_proofs.html").render(t=speaker(language), poll={"id": "p1"}, proved=proved)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_proofs_are_linked(language: str) -> None:
    page = shown(language, proved=True).replace("&#39;", "'")
    assert 'href="/api/polls/p1/published/range_proofs.bin"' in page
    assert WORDS[language] in page


def test_none_are_claimed() -> None:
    assert shown("zh", proved=False).strip() == ""


@pytest.mark.parametrize("page", ["poll.html", "booth/claim.html"])
def test_pages_show_them(page: str) -> None:
    assert '{% include "poll/range_proofs.html" %}' in (WEB / "templates" / page).read_text("utf-8")
