"""Text on the vectors that the issuer has too (protocol §18.1)."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ground.common import text
from backend.ground.common.errors import BadInput

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "vectors" / "text.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["lines"], ids=lambda case: ascii(case["text"]))
def test_a_line_is_what_the_vectors_say(case: dict[str, str]) -> None:
    if "refused" in case:
        for read in (text.line, text.prose):
            with pytest.raises(text.TextNotPlain) as refusal:
                read(case["text"], 100)
            assert refusal.value.facts == {"character": case["refused"]}
    else:
        assert text.line(case["text"], 100) == case["line"]


def test_prose_same_things_and_letters_are_what_the_vectors_say() -> None:
    for case in VECTORS["proses"]:
        assert text.prose(case["text"], 100) == case["prose"]
    keys = [{text.same_key(writing) for writing in group} for group in VECTORS["same"]]
    assert all(len(group) == 1 for group in keys), keys
    assert len({next(iter(group)) for group in keys}) == len(keys)
    for case in VECTORS["has_letters"]:
        assert text.has_letters(case["text"]) is case["letters"], case


def test_what_is_too_long_is_refused_before_it_is_looked_at() -> None:
    assert text.line(" " * 40 + "五个字的话" + "\u200b" * 20, 5) == "五个字的话"
    for long in ("六个字的话吧", "长" * 10**6):
        with pytest.raises(text.TextTooLong):
            text.line(long, 5)


def test_what_is_secret_stays_as_it_is() -> None:
    assert text.plain(" pass\u200bword ") == " pass\u200bword "
    for lost in ("a\x00", "\ud800", "a\nb"):
        with pytest.raises(text.TextNotPlain):
            text.plain(lost)


@given(st.text(st.characters(codec=None, categories=None), max_size=60))
def test_a_clean_line_is_clean_and_can_be_stored(written: str) -> None:
    try:
        read = text.line(written, 100)
    except BadInput:
        return
    assert text.line(read, 100) == read
    read.encode()
    assert "\0" not in read
    assert text.same_key(read) == text.same_key(written) or any(sign in written for sign in itertools.chain("\u2800"))
