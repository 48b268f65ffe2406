"""A refusal: one sentence in Chinese and English that says what is wrong and what to do next."""

from __future__ import annotations

from typing import ClassVar

LANGUAGES = ("zh", "en")
_LONGEST = 200


class Refused(Exception):
    """A branch; the facts fill the sentences' places."""

    zh: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    def sentence(self, language: str) -> str:
        """What a person reads; facts from files are cut and shown without what moves a terminal."""
        text = self.zh if language == "zh" else self.en
        return text.format(**{name: _shown(fact) for name, fact in self.facts.items()})


def _shown(fact: object) -> str:
    text = "、".join(str(one) for one in fact) if isinstance(fact, list | tuple) else str(fact)
    text = "".join(sign if sign.isprintable() else "?" for sign in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
