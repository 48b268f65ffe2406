"""The texts that cells share, packed: an entry costs its bytes and eight more, however many there are."""

from __future__ import annotations

import re
from array import array

from backend.case.register.file_errors import EmptyCellsMany, FileFormatUnknown
from backend.case.register.workbooks.archive import Archive
from backend.case.register.workbooks.markup import MAX_DEPTH, Attributes, Parser, check_depth

#: So much is kept of a cell's text: any column's rule refuses less than that.
MAX_TEXT = 2_200
#: Shared texts are each there once, so there is little in them to pack: an honest one takes three bytes or more.
FREE_TEXTS = 100_000
MAX_RATIO = 60
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """Texts by number."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("Q")

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, text: str) -> None:
        """The next text."""
        self._text += text[:MAX_TEXT].encode("utf-8", "surrogatepass")
        self._ends.append(len(self._text))

    def get(self, number: str) -> str:
        """The text of a number as it is in a cell. Raises: FileFormatUnknown."""
        place = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else len(self)
        if place >= len(self):
            raise FileFormatUnknown(kind="XML")
        begins = self._ends[place - 1] if place else 0
        return self._text[begins : self._ends[place]].decode("utf-8", "surrogatepass")


def read_strings(archive: Archive, part: str | None) -> SharedStrings:
    """All of them. Raises: FileFormatUnknown, FileTooLarge."""
    reader = _Reader(FREE_TEXTS + (archive.packed_size(part) // 2 if part is not None else 0))
    if part is not None:
        for _ in reader.parser.feed(archive.pieces(part, MAX_RATIO)):
            cut(reader.said)
    return reader.strings


class _Reader:
    """Takes the part's elements; the readings that stand beside some texts are left out."""

    def __init__(self, most: int) -> None:
        self.strings = SharedStrings()
        self._most = most
        self.said: list[str] = []
        self.parser = Parser(self._start, self._end, self._aside)
        self._beside = self._in_text = False
        self._depth = 0

    def _start(self, kind: str, _: Attributes) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            check_depth(self._depth)
        self._aside()
        if kind == "si":
            self.said.clear()
        elif kind == "t":
            self._in_text = not self._beside
            self.parser.listen(None if self._beside else self.said.append)
        elif kind == "rPh":
            self._beside = True

    def _aside(self) -> None:
        """No element, own or foreign, stands in a text."""
        if self._in_text:
            raise FileFormatUnknown(kind="XML")

    def _end(self, kind: str) -> None:
        self._depth -= 1
        if kind == "t":
            self._in_text = False
            self.parser.listen(None)
        elif kind == "si":
            if len(self.strings) >= self._most:
                raise EmptyCellsMany
            self.strings.add(unescape("".join(self.said)))
        elif kind == "rPh":
            self._beside = False


def cut(said: list[str]) -> None:
    """Let a text that goes on and on not grow beyond what is kept of it."""
    if len(said) > 8:
        said[:] = ["".join(said)[: MAX_TEXT + 1]]


def unescape(text: str) -> str:
    """Signs that XML cannot carry are in a workbook as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
