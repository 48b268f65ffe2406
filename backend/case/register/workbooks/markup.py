"""XML in pieces: a workbook's own names, no document type, no entity, no token without end (protocol §18.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from backend.case.register.file_errors import EmptyCellsMany, FileFormatUnknown

MAX_TOKEN_BYTES = 2**20
MAX_ELEMENTS = 400_000
"""Of a part of which every element is looked at: 64,000 cell formats have about half as many."""
MAX_DEPTH = 64
"""More than any part of a workbook has; every open element costs memory until it ends."""
MAX_NAMES = 500
"""A workbook has some dozen; more are looked up anew each time."""
Attributes = dict[str, str]
#: Where a workbook's own elements come from, in the standard's transitional and strict form; other programs add others.
_OWN = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/package/2006/relationships",
    }
)
LINK_IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
"""The attribute by which an element names a link."""
#: Under foreign elements ordinary files have these: how cells look, buttons and objects that lie on a sheet, tables' sources.
_FONTS = "font b i u strike condense extend outline shadow vertAlign sz color name family charset scheme"
_FILLS = "dxf alignment protection fill patternFill gradientFill fgColor bgColor stop"
_EDGES = "border left right top bottom start end diagonal vertical horizontal"
_ON_TOP = "controls control controlPr oleObjects oleObject objectPr anchor from to pivotCache extLst"
_PASSED_OVER = frozenset(f"{_FONTS} {_FILLS} {_EDGES} {_ON_TOP}".split())
#: An element for foreign ones: programs pass over whatever else is in it.
_EXTENSION = "ext"
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii"})


def is_set(written: str | None) -> bool:
    """Whether a flag of the standard is on; in doubt it is."""
    return written is not None and written.strip(" \t\r\n") not in {"0", "false"}


class Parser:
    """Expat with its bounds; `start` and `end` get local names of a workbook's own elements, foreign ones are passed over.

    What a program shows of an own element under a foreign one depends on the program: but for those that hold nothing, it is refused.
    Text comes while a list is handed to `listen`.
    """

    def __init__(
        self, start: Callable[[str, Attributes], None], end: Callable[[str], None], aside: Callable[[], None] = lambda: None
    ) -> None:
        """`aside` hears of every foreign element."""
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._begin
        self._expat.EndElementHandler = self._finish
        self._expat.StartDoctypeDeclHandler = _refuse_document_type
        self._expat.XmlDeclHandler = _check_encoding
        self._start, self._end, self._aside = start, end, aside
        self._take: Callable[[str], object] | None = None
        self._names: dict[str, str] = {}
        self._space = ""
        self._foreign = 0
        self._fed = 0

    def listen(self, take: Callable[[str], object] | None) -> None:
        """Give text to `take` until told otherwise."""
        self._take = self._expat.CharacterDataHandler = take

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

    def _begin(self, name: str, attributes: Attributes) -> None:
        kind = self._names.get(name) or self._learn(name)
        if kind and not self._foreign:
            self._start(kind, attributes)
            return
        self._foreign += 1
        self._aside()
        self._expat.CharacterDataHandler = None
        if kind and kind not in _PASSED_OVER:
            raise FileFormatUnknown(kind="XML")
        check_depth(self._foreign)

    def _finish(self, name: str) -> None:
        if not self._foreign:
            self._end(self._names.get(name) or self._learn(name))
            return
        self._foreign -= 1
        if not self._foreign:
            self._expat.CharacterDataHandler = self._take

    def _learn(self, name: str) -> str:
        """The local name; nothing for a foreign one and for one that holds foreign ones. Raises: FileFormatUnknown."""
        space, _, local = name.rpartition(" ")
        kind = local if space in _OWN and local != _EXTENSION else ""
        if kind:
            self._space = self._space or space
            if space != self._space:  # of another vocabulary than the part
                raise FileFormatUnknown(kind="XML")
        if len(self._names) < MAX_NAMES:
            self._names[name] = kind
        return kind


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


def _refuse_document_type(*_: object) -> None:
    raise FileFormatUnknown(kind="DTD")  # entities are told here, and no workbook has any


def _check_encoding(_: str, encoding: str | None, __: int) -> None:
    """The standard (ECMA-376, part 2, 8.1.4) has no others; under another, programs would show other signs."""
    if (encoding or "utf-8").lower() not in _ENCODINGS:
        raise FileFormatUnknown(kind="XML")
