"""What people read: every error speaks both languages, about the same facts, in plain words."""

from __future__ import annotations

import importlib
import pkgutil
import string
from collections.abc import Iterator

import backend
from backend.ground.common.errors import LenderVoteError
from scripts import cli, consortium

PLAIN_WORDS_INSTEAD_OF = ("无效", "非法", "invalid", "illegal", "oops", "forbidden")


def every_error() -> list[type[LenderVoteError]]:
    for package in (backend, cli, consortium):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)

    def below(branch: type[LenderVoteError]) -> Iterator[type[LenderVoteError]]:
        for leaf in branch.__subclasses__():
            yield leaf
            yield from below(leaf)

    return [LenderVoteError, *below(LenderVoteError)]


def placeholders(sentence: str) -> set[str]:
    """The facts a sentence speaks of; one that is said in each language (`part_zh`, `part_en`) counts as one."""
    return {field.removesuffix("_zh").removesuffix("_en") for _, field, _, _ in string.Formatter().parse(sentence) if field}


def test_every_error_says_the_same_facts_in_both_languages() -> None:
    uneven = [error.__name__ for error in every_error() if placeholders(error.zh) != placeholders(error.en)]
    assert uneven == []


def test_every_error_has_chinese_and_english_words() -> None:
    for error in every_error():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error.zh), f"{error.__name__}: no Chinese in {error.zh}"
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in error.en), f"{error.__name__}: Chinese in {error.en}"


def test_errors_use_plain_words() -> None:
    found = [
        f"{error.__name__}: {word}"
        for error in every_error()
        for word in PLAIN_WORDS_INSTEAD_OF
        if word in error.zh.lower() or word in error.en.lower()
    ]
    assert found == []


def test_error_names_are_used_once() -> None:
    names = [error.__name__ for error in every_error()]
    assert sorted(names) == sorted(set(names))
