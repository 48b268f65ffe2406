"""What the page of a poll says of a sample: how much was looked at, and how much may be overstated at most; nothing where there is none."""

from __future__ import annotations

import pytest

from backend.ground.common.money import say_yuan
from backend.public.publication.rules import SampleSaid, sample_said
from backend.web.catalogue import speaker
from backend.web.pages import WEB, templates

PAPER = b'{"bound_fen":123456700,"draws":90,"findings":[{"found":"agrees","index":1},{"found":"overstated","index":4}]}'


def shown(language: str, sample: SampleSaid | None) -> str:
    words = {"t": speaker(language), "poll": {"id": "p1"}, "sample": sample, "count": str, "yuan": say_yuan}
    return templates().get_template("poll/sample.html").render(**words)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("抽取 90 次", "最多 1,234,567.00 元")), ("en", ("90 draws by size hit 2", "CNY 1,234,567.00"))]
)
def test_sample_is_told_and_linked(language: str, words: tuple[str, str]) -> None:
    page = shown(language, sample_said(PAPER))
    assert all(one in page for one in words)
    assert 'href="/api/polls/p1/published/sample.json"' in page


def test_whole_register_is_told() -> None:
    assert "all 12 lenders" in shown("en", SampleSaid(0, 12, 0, 0))


def test_none_is_claimed() -> None:
    assert shown("zh", None).strip() == ""
    assert '{% include "poll/sample.html" %}' in (WEB / "templates" / "poll.html").read_text("utf-8")
