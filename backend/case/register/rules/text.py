"""One spelling for what people type: cleaned as all text is (protocol §18.1), with the errors of a cell."""

from __future__ import annotations

import re
import unicodedata

from backend.case.register.errors import CellFormula, CellTooLong, CellUnprintable
from backend.ground.common.text import TextNotPlain, TextTooLong, line

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]")


def clean(text: str, limit: int) -> str:
    """The cell's text as one line, without what is invisible. Raises: CellTooLong, CellUnprintable."""
    try:
        return line(text, limit)
    except TextTooLong as error:
        raise CellTooLong(**error.facts) from error
    except TextNotPlain as error:
        raise CellUnprintable(**error.facts) from error


def file_name(text: str) -> str:
    """What a file was called, as a report can keep it."""
    try:
        return line(text.replace("\\", "/").rpartition("/")[2][-200:], 200) or "register"
    except (TextNotPlain, TextTooLong):
        return "register"


def refuse_formula(text: str, signs: str = "=+-@") -> str:
    """The text, when no spreadsheet would run it. Raises: CellFormula."""
    first = text[:1]
    if first and (first in signs or (first > "~" and unicodedata.normalize("NFKC", first) in signs)):
        raise CellFormula(start=first)
    return text


def compact(text: str) -> str:
    """For numbers of documents and phones: half-width, capital letters, no spaces, no hyphens between digits, no leading apostrophe."""
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = unicodedata.normalize("NFKC", text).upper()
    return _SEPARATORS.sub("", plain).removeprefix("'").removeprefix("’")
