"""The sentences of the pages in Chinese and English, side by side in `messages/`, read by the templates and by the page's modules alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

MESSAGES = Path(__file__).parent / "messages"

Say = Callable[..., str]


class MessageMissing(KeyError):
    """A template asks for a sentence that is not written; a programming error."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every sentence: `area.key` to `{"zh": ..., "en": ...}`."""
    sentences = {}
    for path in sorted(MESSAGES.glob("*.json")):
        for key, languages in json.loads(path.read_text(encoding="utf-8")).items():
            sentences[f"{path.stem}.{key}"] = languages
    return sentences


def speaker(language: str) -> Say:
    """A function `t(key, **facts)` that says a sentence in `zh` or `en`. It raises MessageMissing."""

    def say(key: str, **facts: object) -> str:
        try:
            sentence: str = catalogue()[key][language]
        except KeyError as error:
            raise MessageMissing(f"{key} in {language}") from error
        for name, value in facts.items():
            sentence = sentence.replace("{" + name + "}", str(value))
        return sentence

    return say
