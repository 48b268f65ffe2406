"""The trustee's page is one file that asks nobody, and has a sentence for everything that a ceremony is refused for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.web.catalogue import MESSAGES
from backend.web.receipt_pages import router
from scripts.build import web
from scripts.build.trustee_page import NAME, page
from tests.web.test_verify_page import Parts

SOURCES = MESSAGES.parent / "src"
SAID = json.loads((MESSAGES / "trustee.json").read_text("utf-8"))


def listed(path: Path, name: str) -> set[str]:
    """The texts of an exported list."""
    (found,) = re.findall(rf"export const {name} = /\*\* @type {{const}} \*/ \((.*?)\);", path.read_text("utf-8"), re.DOTALL)
    return set(re.findall(r'"(\w+)"', found))


def test_page__loads_nothing_and_may_ask_nobody() -> None:
    parts = Parts((web.build() / NAME).read_text("utf-8"))
    assert (len(parts.texts["script"]), len(parts.texts["style"])) == (1, 1)
    assert [tag for tag, attributes in parts.tags if "src" in attributes or (tag == "link" and attributes["href"] != "data:,")] == []
    (said,) = [one["content"] for tag, one in parts.tags if tag == "meta" and one.get("http-equiv") == "Content-Security-Policy"]
    assert said is not None
    assert "unsafe" not in said
    assert {"default-src 'none'", "connect-src 'none'", "form-action 'none'"} <= set(said.split("; "))


def test_page__whose_script_would_end_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="ends a script"):
        page('"</SCRIPT>"')


def test_sentences__are_there_for_every_refusal_and_paper() -> None:
    reasons, kinds = listed(SOURCES / "crypto" / "ceremony.js", "REASONS"), listed(SOURCES / "trustee" / "papers.js", "KINDS")
    assert len(reasons) > 20
    assert {key.removeprefix("refused_") for key in SAID if key.startswith("refused_")} == reasons
    assert {key.removeprefix("kind_") for key in SAID if key.startswith("kind_")} == kinds
    for stem in ("missing_", "differ_"):  # of proofs there may be any number, and none is needed
        assert {key.removeprefix(stem) for key in SAID if key.startswith(stem)} == kinds - {"complaint"}


def test_page__is_handed_out_as_a_file_as_it_was_built() -> None:
    app = FastAPI()
    app.include_router(router)
    answer = TestClient(app).get("/trustee.html")
    assert answer.content == (web.build() / NAME).read_bytes()
    assert answer.headers["content-disposition"] == 'attachment; filename="trustee.html"'
