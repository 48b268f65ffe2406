"""The certificate on paper: the same bytes for the same facts, every figure in it, both languages, PDF/A."""

from __future__ import annotations

import copy
import io
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from backend.ground.common import typesetting
from backend.ground.common.typesetting import FontsMissing, has_fonts, typeset
from backend.public.certificates import rules
from backend.public.certificates.service import TEMPLATE
from backend.shell.document import load_examples

CERTIFICATE: dict[str, Any] = load_examples()["GET /api/polls/{poll_id}/certificate.json"]["response"]
MOMENT = datetime(2026, 12, 21, tzinfo=UTC)
CODE = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path d="M0 0h5v5z"/></svg>'

needs_fonts = pytest.mark.skipif(not has_fonts(), reason="needs the font Noto Sans CJK SC (Debian: `apt-get install fonts-noto-cjk`)")


def paper_of(certificate: dict[str, Any], language: str) -> bytes:
    return typeset(TEMPLATE.read_bytes(), rules.paper_facts(certificate, language, "https://vote.example/polls/1", CODE), MOMENT)


def text_of(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)


@needs_fonts
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paper_holds_every_figure_and_is_always_the_same(language: str) -> None:
    paper = paper_of(CERTIFICATE, language)
    assert paper == paper_of(copy.deepcopy(CERTIFICATE), language)
    text = text_of(paper)
    assert CERTIFICATE["number"] in text
    for line in rules.paper_facts(CERTIFICATE, language, "", CODE)["classes"][0]["lines"]:
        assert all(figure in text for figure in line), line
    for official in CERTIFICATE["decision"]["officials"]:
        assert official["name"] in text
    for name in ("plan_hash", "pdf_keccak"):
        assert CERTIFICATE["plan"][name] in text
    assert CERTIFICATE["result"]["result_hash"] in text
    assert ("第 1 页，共" if language == "zh" else "page 1 of") in text
    assert ("盖章处" if language == "zh" else "(seal)") in text


@needs_fonts
def test_it_says_that_it_is_pdf_a_and_is_tagged() -> None:
    root: Any = pypdf.PdfReader(io.BytesIO(paper_of(CERTIFICATE, "zh"))).trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert root["/MarkInfo"]["/Marked"]


@needs_fonts
def test_many_classes_take_more_pages_and_each_says_of_how_many() -> None:
    certificate = copy.deepcopy(CERTIFICATE)
    certificate["result"]["classes"] *= 9
    reader = pypdf.PdfReader(io.BytesIO(paper_of(certificate, "en")))
    pages = len(reader.pages)
    assert pages > 1
    for number, page in enumerate(reader.pages, start=1):
        assert f"page {number} of {pages}" in page.extract_text()


@needs_fonts
def test_one_fen_more_is_another_paper() -> None:
    certificate = copy.deepcopy(CERTIFICATE)
    certificate["result"]["classes"][0]["fen_for"] += 1
    assert paper_of(certificate, "zh") != paper_of(CERTIFICATE, "zh")


@needs_fonts
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_leaf_that_was_taken_out_stands_on_the_paper(language: str) -> None:
    certificate = copy.deepcopy(CERTIFICATE)
    assert certificate["format"] == "lendervote-certificate/3"
    assert rules.WORDS["excluded"][0] not in text_of(paper_of(certificate, "zh"))
    leaf = {"index": 417, "class_name": "小额组", "amount_fen": "-500000001", "voted": True}
    certificate["result"]["excluded"] = [leaf]
    text = text_of(paper_of(certificate, language)).replace("\n", "")
    place = 0 if language == "zh" else 1
    assert rules.WORDS["excluded"][place] in text
    assert "417" in text
    assert "-5,000,000.01" in text
    assert rules.WORDS["voted"][place] in text


@needs_fonts
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rehearsals_paper_says_so_on_every_page_and_no_other_does(language: str) -> None:
    certificate = copy.deepcopy(CERTIFICATE)
    certificate["result"]["classes"] *= 9
    line, mark = rules.REHEARSAL[language]
    for rehearsal in (True, False):
        pages = pypdf.PdfReader(io.BytesIO(paper_of(certificate | {"rehearsal": rehearsal}, language))).pages
        texts = [page.extract_text() for page in pages]
        assert len(texts) > 1
        assert [line in text and text.count(mark) > (mark in line) for text in texts] == [rehearsal] * len(texts)
        assert any(mark in text for text in texts) is rehearsal


@needs_fonts
def test_a_certificate_of_the_first_release_is_set_without_leaves_taken_out() -> None:
    certificate = copy.deepcopy(CERTIFICATE)
    del certificate["result"]["excluded"]
    assert paper_of(certificate, "zh") == paper_of(CERTIFICATE, "zh")


@needs_fonts
def test_markup_in_a_name_is_text() -> None:
    certificate = copy.deepcopy(CERTIFICATE)
    certificate["case"]["name"] = "#panic() *星* $x$ <script> 𠮷·阿卜杜"
    assert "#panic() *星* $x$ <script> 𠮷·阿卜杜" in text_of(paper_of(certificate, "zh"))


def test_without_the_font_there_is_no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "FONT", "No Such Font")
    has_fonts.cache_clear()
    try:
        with pytest.raises(FontsMissing):
            paper_of(CERTIFICATE, "zh")
    finally:
        has_fonts.cache_clear()


@needs_fonts
def test_a_character_without_a_font_is_an_error_and_no_empty_box() -> None:
    with pytest.raises(RuntimeError, match="warned"):
        typeset(b'#set text(font: "No Such Font")\nx', {}, MOMENT)
