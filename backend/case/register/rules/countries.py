"""Who issued a passport: countries and regions by their codes (ISO 3166-1, ICAO Doc 9303) and Chinese names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from backend.case.register.cell_errors import CountryUnknown
from backend.ground.common.text import same_key

_TABLE = Path(__file__).with_name("countries.txt")


def country_code(text: str) -> str:
    """The three capital letters that stand for a country; empty for an empty cell. Raises: CountryUnknown."""
    if not text:
        return ""
    found = codes_by_name().get(same_key(text))
    if found is None:
        raise CountryUnknown(text=text[:20])
    return found


@cache
def codes_by_name() -> dict[str, str]:
    """Every code and name, by its key."""
    lines = (line.split() for line in _TABLE.read_text(encoding="utf-8").splitlines())
    return {same_key(word): words[0] for words in lines for word in words}
