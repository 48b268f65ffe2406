"""Texts that cells share, by number; each costs its bytes and eight more."""

from __future__ import annotations

import re
from array import array

from verifier.register.claims.rules import FileRefused
from verifier.register.claims.workbook.markup import MOST_TEXT, Attributes, Listener, parse
from verifier.register.claims.workbook.package import MOST_UNPACKED_BYTES, Package

_PART = "xl/sharedStrings.xml"
MOST_STRINGS, MOST_EMPTY = 2**23, 1_000
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class SharedStrings(Listener):
    """Read once, as a whole, without the readings that may stand beside a text."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._said: list[str] = []
        self._length = self._empty = 0
        self._reading_beside = False

    def read(self, package: Package) -> SharedStrings:
        """Raises: FileRefused."""
        if _PART in package:
            for _ in parse(package.pieces(_PART), self):
                pass
        return self

    def begins(self, name: str, attributes: Attributes) -> bool:
        """Text is wanted of `t`."""
        if name == "si":
            self._said, self._length = [], 0
        if name == "rPh":
            self._reading_beside = True
        return name == "t" and not self._reading_beside

    def ends(self, name: str, text: str) -> None:
        """A text is complete with its `si`."""
        if name == "rPh":
            self._reading_beside = False
        elif name == "t" and not self._reading_beside and self._length <= MOST_TEXT:
            self._said.append(text)
            self._length += len(text)
        elif name == "si":
            whole = unescaped("".join(self._said))[:MOST_TEXT]
            self._bytes += whole.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._bytes))
            self._empty += not whole
            if len(self._ends) > MOST_STRINGS or self._empty > MOST_EMPTY:
                raise FileRefused("FileTooLarge", limit_mb=MOST_UNPACKED_BYTES // 2**20)

    def __getitem__(self, number: str) -> str:
        """The text of a number as it is in a cell. Raises: FileRefused."""
        place = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else len(self._ends)
        if place + 1 >= len(self._ends):
            raise FileRefused("FileFormatUnknown")
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")


def unescaped(text: str) -> str:
    """Signs that XML cannot hold are written as _x000D_ in a workbook."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
