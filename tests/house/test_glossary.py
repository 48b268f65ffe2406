"""One thing, one word: `docs/glossary.toml` says which, and no text that a person reads uses another."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests.house.texts import ROOT, Text, every_text, python_texts

GLOSSARY: dict[str, Any] = tomllib.loads((ROOT / "docs/glossary.toml").read_text("utf-8"))
TERMS: list[dict[str, Any]] = GLOSSARY["term"]
EXCEPTIONS = {(each["file"], each["word"]) for each in GLOSSARY["exception"]}
#: Read when the first test wants them: every process of tests imports this file, and one of them runs it.
TEXTS = functools.cache(every_text)


def strays(texts: Iterable[Text], language: str, patterns: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """File, stray word and its surroundings."""
    for text in texts:
        if text.language == language:
            for pattern in patterns:
                for found in re.finditer(pattern, text.words):
                    yield text.file, found.group(), text.words[max(0, found.start() - 20) : found.end() + 20]


def not_excused(found: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return sorted({each for each in found if each[:2] not in EXCEPTIONS})


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term["en"])
def test_no_text_uses_another_word(term: dict[str, Any]) -> None:
    assert not_excused(strays(TEXTS(), "zh", term.get("not_zh", ()))) == []
    assert not_excused(strays(TEXTS(), "en", term.get("not_en", ()))) == []


def test_a_lender_reads_no_word_of_the_machine() -> None:
    texts = [text for text in TEXTS() if text.file in GLOSSARY["lender"]["files"]]
    assert len(texts) > 100
    assert not_excused(strays(texts, "zh", GLOSSARY["lender"]["not_zh"])) == []


def test_a_sentence_for_lenders_is_short() -> None:
    sentences = [part for text in TEXTS() if text.file.endswith("/booth.json") for part in re.split("[。？！；：]", text.words)]
    assert [sentence for sentence in sentences if re.search("[\u4e00-\u9fff]", sentence) and len(sentence) > 40] == []


def test_no_text_promises_what_the_code_cannot_keep() -> None:
    promises = GLOSSARY["promises"]
    assert list(strays(TEXTS(), "zh", promises["not_zh"])) == []
    assert list(strays(TEXTS(), "en", promises["not_en"])) == []


def test_every_exception_is_used_and_has_a_reason() -> None:
    patterns = [pattern for term in [*TERMS, GLOSSARY["lender"]] for pattern in [*term.get("not_zh", ()), *term.get("not_en", ())]]
    used = {(file, word) for language in ("zh", "en") for file, word, _ in strays(TEXTS(), language, patterns)}
    assert used >= EXCEPTIONS
    assert all(each["reason"].endswith(".") for each in GLOSSARY["exception"])
    assert len(EXCEPTIONS) <= 25


def test_the_search_sees_texts_of_every_kind() -> None:
    files = {text.file for text in TEXTS()}
    assert {"backend/web/messages/booth.json", "backend/ground/chain/sentences.py", "verifier/web/words.js", "README.md"} <= files
    assert len(TEXTS()) > 2000
    source = 'class E:\n    zh = "选票"\n    en = "on chain"\nSAID = {"a": ("选票", "the digest")}\nf("选票", "yuan")\n'
    found = [(text.language, text.words) for text in python_texts("x", source)]
    assert sorted(found) == [("en", "on chain"), ("en", "the digest"), ("en", "yuan"), ("zh", "选票"), ("zh", "选票"), ("zh", "选票")]
    assert [word for _, word, _ in strays(python_texts("x", source), "zh", ["选票"])] == ["选票"] * 3
