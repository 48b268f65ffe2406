"""One spelling for what people type: full-width forms, spaces, invisible marks."""

from __future__ import annotations

import re
import unicodedata

from backend.register.errors import CellFormula, CellTooLong, CellUnprintable

_PRINTABLE_ASCII = re.compile(r"[ -~]*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"\s+")


def clean(text: str, limit: int) -> str:
    """The cell's text without outer spaces and invisible marks; inner spaces single, letters as they were.

    Raises: CellTooLong, CellUnprintable.
    """
    if len(text) > limit + 64:  # outer spaces may exceed the limit a little; anything more is not normalised at all
        raise CellTooLong(length=len(text), limit=limit)
    if not _PRINTABLE_ASCII.fullmatch(text):
        text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
        _refuse_unprintable(text)
    text = text.strip()
    if len(text) > limit:
        raise CellTooLong(length=len(text), limit=limit)
    return text


def _refuse_unprintable(text: str) -> None:
    for character in text:
        if character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cs"}:
            raise CellUnprintable(character=f"U+{ord(character):04X}")


def refuse_formula(text: str, signs: str = "=+-@") -> str:
    """The text, when no spreadsheet would run it. Raises: CellFormula."""
    if text and unicodedata.normalize("NFKC", text[0]) in signs:
        raise CellFormula(start=text[0])
    return text


def compact(text: str) -> str:
    """For numbers of documents and phones: half-width, capital letters, no spaces, no hyphens between digits, no leading apostrophe."""
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-\u2010-\u2015\u2212]", "", plain).removeprefix("'").removeprefix("’")
