"""The trustee's manual is true: its commands exist with their options, in both languages the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from verifier.trustee.__main__ import _parser
from verifier.trustee.commands.options import CEREMONY, ESCROW

MANUALS = [Path(__file__).parents[3] / "docs" / "manuals" / f"trustee.{language}.md" for language in ("zh", "en")]
CALLED = "trustee/bin/python -m verifier.trustee "
#: What others than trustees call.
NOT_A_TRUSTEES = {
    "begin",
    "roll",
    "check-complaint",
    "check-share",
    "check-seal",
    "join",
    "escrow-check-drill",
    "escrow-open",
    "escrow-join",
}


def commands(manual: Path) -> list[list[str]]:
    """The words of each call, times as numbers."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", manual.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.strip().removeprefix(CALLED) for block in blocks for line in block.splitlines() if CALLED in line]
    return [shlex.split(re.sub(r"(--closes-at|--final-block-time) \S+", r"\1 1", line)) for line in lines]


@pytest.mark.parametrize("words", [words for manual in MANUALS for words in commands(manual)], ids=" ".join)
def test_every_call_is_one(words: list[str]) -> None:
    assert callable(_parser().parse_args(words).run)


def test_both_languages_call_the_same() -> None:
    chinese, english = [
        [[word for word in words if word.startswith("-") and word != "--lang"] for words in commands(one)] for one in MANUALS
    ]
    assert chinese == english
    assert len(english) >= 5


def test_every_command_of_a_trustee_stands_in_the_manuals() -> None:
    for manual in MANUALS:
        text = manual.read_text("utf-8")
        for name, *_ in (*CEREMONY, *ESCROW):
            assert name in NOT_A_TRUSTEES or f"`{name}" in text or f"verifier.trustee {name} " in text or f"--lang en {name} " in text, name
