"""What the issuer says when it refuses: in both languages, about the same facts, each rule named once."""

from __future__ import annotations

import importlib
import pkgutil
import string
from collections.abc import Iterator

import verifier.issuer
from verifier.issuer.errors import IssuerError


def every_error() -> list[type[IssuerError]]:
    for module in pkgutil.walk_packages(verifier.issuer.__path__, "verifier.issuer."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(branch: type[IssuerError]) -> Iterator[type[IssuerError]]:
        for leaf in branch.__subclasses__():
            yield leaf
            yield from below(leaf)

    return [IssuerError, *below(IssuerError)]


def facts_of(sentence: str) -> set[str]:
    """A fact that is said in each language (`why_zh`, `why_en`, `about`) counts as one."""
    return {field.removesuffix("_zh").removesuffix("_en") for _, field, _, _ in string.Formatter().parse(sentence) if field}


def test_every_refusal_says_the_same_facts_in_both_languages() -> None:
    assert [error.__name__ for error in every_error() if facts_of(error.zh) != facts_of(error.en)] == []
    for error in every_error():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error.zh) or error.zh == "{reason_zh}", error.__name__
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in error.en), error.__name__


def test_names_of_rules_are_used_once() -> None:
    names = [error.__name__ for error in every_error()]
    assert len(names) == len(set(names)) > 50
