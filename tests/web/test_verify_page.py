"""The check page is one file that asks nobody but nodes."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from verifier.web.one_file import CHECK_SEAL, VERIFY, one_file


class Parts(HTMLParser):
    """Tags with their attributes, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside in self.texts:
            self.texts[self._inside].append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.mark.parametrize(("name", "scripts"), [(VERIFY, 5), (CHECK_SEAL, 6)])
def test_page__is_one_file_and_loads_nothing(name: str, scripts: int) -> None:
    parts = Parts(one_file(name))
    assert len(parts.texts["script"]) == scripts
    assert len(parts.texts["style"]) == 1
    for tag, attributes in parts.tags:
        assert "src" not in attributes, tag
        assert tag != "link" or attributes["href"] == "data:,"
    assert not re.search(r"\bimport\b", "".join(parts.texts["script"])), "nothing of the ballot page is in it"


@pytest.mark.parametrize("name", [VERIFY, CHECK_SEAL])
def test_policy__names_each_script_and_style_by_its_hash(name: str) -> None:
    parts = Parts(one_file(name))
    (said,) = [one["content"] for tag, one in parts.tags if tag == "meta" and one.get("http-equiv") == "Content-Security-Policy"]
    assert said is not None
    assert "unsafe" not in said
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in [*parts.texts["script"], *parts.texts["style"]]]
    assert all(f"'sha256-{one}'" in said for one in hashes)
