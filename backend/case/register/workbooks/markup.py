"""XML in pieces: no document type, no entity, no token without end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from backend.case.register.file_errors import EmptyCellsMany, FileFormatUnknown

MAX_TOKEN_BYTES = 2**20
MAX_ELEMENTS = 400_000
"""Of a part of which every element is looked at: 64,000 cell formats have about half as many."""
MAX_DEPTH = 64
"""More than any part of a workbook has; every open element costs memory until it ends."""
Attributes = dict[str, str]


class Parser:
    """Expat with its bounds; `start` and `end` get local names. Text comes while a list is handed to `listen`."""

    def __init__(self, start: Callable[[str, Attributes], None], end: Callable[[str], None]) -> None:
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartElementHandler = start
        self._expat.EndElementHandler = end
        self._expat.StartDoctypeDeclHandler = _refuse_document_type
        self._fed = 0

    def listen(self, take: Callable[[str], object] | None) -> None:
        """Give text to `take` until told otherwise."""
        self._expat.CharacterDataHandler = take

    def feed(self, pieces: Iterable[bytes]) -> Iterator[None]:
        """Parse piece by piece; gives way after each. Raises: FileFormatUnknown."""
        try:
            for piece in pieces:
                self._expat.Parse(piece, False)
                self._fed += len(piece)
                if self._fed - self._expat.CurrentByteIndex > MAX_TOKEN_BYTES:
                    raise FileFormatUnknown(kind="XML")
                yield
            self._expat.Parse(b"", True)
        except (expat.ExpatError, UnicodeDecodeError) as error:
            raise FileFormatUnknown(kind="XML") from error
        yield


def read_all(start: Callable[[str, Attributes], None], pieces: Iterable[bytes]) -> None:
    """Parse a part of which only the elements' beginnings matter. Raises: FileFormatUnknown, EmptyCellsMany."""
    depth = elements = 0

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if elements > MAX_ELEMENTS:
            raise EmptyCellsMany
        check_depth(depth)
        start(name, attributes)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    for _ in Parser(begin, end).feed(pieces):
        pass


def check_depth(depth: int) -> None:
    """Raises: FileFormatUnknown."""
    if depth > MAX_DEPTH:
        raise FileFormatUnknown(kind="XML")


def local(name: str) -> str:
    """The name without its prefix."""
    return name.rpartition(":")[2]


def _refuse_document_type(*_: object) -> None:
    raise FileFormatUnknown(kind="DTD")  # entities are told here, and no workbook has any
