"""Makes the list of contacts from what an official has: the claims file and the register's sealed openings. The backend is not asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from verifier.alarms.contacts import Contacts
from verifier.register.claims.file import phone_cells
from verifier.register.claims.text import compact
from verifier.register.openings import Openings

_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[0-9]{10})")
_LANDLINE = re.compile(r"(?:\+?86)?0([1-9][0-9]{1,2}[2-9][0-9]{6,7})")
_ABROAD = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")


def made(claims: Path, openings: Path, password: str) -> Contacts:
    """Numbers by index, from all rows of each lender. Raises: FileRefused, OpeningsUnreadable, OpeningsNotOpened, OSError."""
    numbers = {row: number for row, text in phone_cells(claims) if (number := canonical(text))}
    register = Openings(openings, password)
    register.check()
    lines = register.lines()
    head = json.loads(next(lines))
    found = {index: tuple(dict.fromkeys(numbers[row] for row in rows if row in numbers)) for index, rows in _leaves(lines)}
    return Contacts(str(head["case"]).lower(), int(head["register_number"]), found)


def canonical(text: str) -> str:
    """As +86...; empty for none."""
    number = compact(text).replace("(", "").replace(")", "").replace("-", "")
    for form in (_MOBILE, _LANDLINE):
        if (inland := form.fullmatch(number)) is not None:
            return f"+86{inland[1]}"
    abroad = _ABROAD.fullmatch(number)
    return f"+{abroad[1]}" if abroad is not None else ""


def _leaves(lines: Iterator[bytes]) -> Iterator[tuple[int, list[int]]]:
    for line in lines:
        leaf = json.loads(line)
        yield int(leaf["index"]), list(map(int, leaf["rows"]))
