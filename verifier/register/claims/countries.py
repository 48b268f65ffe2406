"""Who issued a document: countries and regions by ISO 3166-1, ICAO Doc 9303 and their Chinese names (protocol §18.4)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from verifier.register.claims.rules import RuleBroken
from verifier.register.claims.text import same_key

_TABLE = Path(__file__).with_name("countries.txt")


def country_of(text: str) -> str:
    """Three letters; nothing for an empty cell. Raises: RuleBroken."""
    if not text:
        return ""
    code = _by_name().get(same_key(text))
    if code is None:
        raise RuleBroken("CountryUnknown")
    return code


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        code, *others = line.split()
        names |= {same_key(name): code for name in (code, *others)}
    return names
