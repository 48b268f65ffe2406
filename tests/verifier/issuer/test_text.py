"""The issuer takes the same for text as the backend does, by code of its own (protocol §18.1)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.issuer import text

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "text.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["lines"], ids=lambda case: ascii(case["text"]))
def test_a_line_is_what_the_vectors_say(case: dict[str, str]) -> None:
    if "refused" in case:
        with pytest.raises(text.NotText, match=case["refused"].replace("+", r"\+")):
            text.one_line(case["text"])
    else:
        assert text.one_line(case["text"]) == case["line"]


def test_what_was_signed_stays_as_it_is() -> None:
    assert text.as_sent(" a\u200bb ") == " a\u200bb "
    for lost in ("a\x00", "\ud800"):
        with pytest.raises(text.NotText):
            text.as_sent(lost)
