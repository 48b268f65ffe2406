"""XML as it streams by: a workbook's own names, no document type, no entities, no token without end (protocol §18.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from verifier.register.claims.rules import FileRefused

MOST_TOKEN_BYTES = 2**20
#: Workbooks have some dozen names, a handful deep; the parser keeps every name that it met, and every element that is open.
MOST_NAMES, MOST_DEPTH = 500, 64
#: A cell's text is cut here; what is longer is refused by its column's rule anyway.
MOST_TEXT = 32_767
Attributes = dict[str, str]
_MAIN, _STRICT = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OWN = {_MAIN, _STRICT, "http://schemas.openxmlformats.org/package/2006/relationships"}
_LINKS = ("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
#: Own elements that programs write under foreign ones, and that hold no value: marks of a conditional format,
_OF_FORMATS = (
    *("dxf", "font", "fill", "border", "alignment", "protection"),
    *(
        "name",
        "charset",
        "family",
        "b",
        "i",
        "strike",
        "outline",
        "shadow",
        "condense",
        "extend",
        "color",
        "sz",
        "u",
        "vertAlign",
        "scheme",
    ),
    *("patternFill", "fgColor", "bgColor", "gradientFill", "stop"),
    *("start", "end", "left", "right", "top", "bottom", "diagonal", "vertical", "horizontal"),
)
#: and things that lie on a sheet or feed its tables. All others are content that some programs show and some do not.
_OF_THINGS = ("controls", "control", "controlPr", "oleObjects", "oleObject", "objectPr", "anchor", "from", "to", "pivotCache", "extLst")
_HARMLESS = frozenset({*_OF_FORMATS, *_OF_THINGS})
_ENCODINGS = {"utf-8", "utf-16", "us-ascii"}


class Listener:
    """What happens at the begin and the end of an element; foreign ones are passed over, own ones come by their local name."""

    def begins(self, name: str, attributes: Attributes) -> bool:
        """Whether the text inside is wanted."""
        raise NotImplementedError

    def ends(self, name: str, text: str) -> None:
        """The element's own text, if it was wanted."""


def parse(pieces: Iterable[bytes], listener: Listener) -> Iterator[None]:
    """Parse piece by piece, and give way after each. Raises: FileRefused."""
    parser, fed = _parser(listener), 0
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > MOST_TOKEN_BYTES:
                raise FileRefused("FileFormatUnknown")
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeDecodeError, ValueError) as error:
        raise FileRefused("FileFormatUnknown") from error
    yield


def parse_whole(pieces: Iterable[bytes], begins: Callable[[str, Attributes], object]) -> None:
    """Parse a part of which only the beginnings of elements matter. Raises: FileRefused."""

    class Beginnings(Listener):
        def begins(self, name: str, attributes: Attributes) -> bool:
            begins(name, attributes)
            return False

    for _ in parse(pieces, Beginnings()):
        pass


def link_of(attributes: Attributes) -> str:
    """The link that an element names; nothing where it names none."""
    return next((attributes[f"{space} id"] for space in _LINKS if f"{space} id" in attributes), "")


def _parser(listener: Listener) -> expat.XMLParserType:
    """An XML parser that tells the listener of a workbook's own elements."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    said: list[str] = []
    names = _Names()
    foreign = 0
    in_text = False

    def text(piece: str) -> None:
        if len(said) > 64:
            said[:] = ["".join(said)[: MOST_TEXT + 1]]
        said.append(piece)

    def begins(name: str, attributes: Attributes) -> None:
        nonlocal foreign, in_text
        own = names.goes_into(name)
        if in_text:  # which element's text it is would depend on the program
            _refuse()
        foreign += bool(foreign or not own)
        if foreign and own and own not in _HARMLESS:
            _refuse()
        in_text = not foreign and listener.begins(own, attributes)
        said.clear()
        parser.CharacterDataHandler = text if in_text else None

    def ends(name: str) -> None:
        nonlocal foreign, in_text
        own, in_text = names.comes_out_of(name), False
        parser.CharacterDataHandler = None
        if foreign:
            foreign -= 1
        else:
            listener.ends(own, "".join(said)[: MOST_TEXT + 1])
        said.clear()

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begins, ends, _refuse
    parser.XmlDeclHandler = _check_encoding
    return parser


def is_set(written: str | None) -> bool:
    """Whether a flag of the standard is on; in doubt it is."""
    return written is not None and written.strip(" \t\r\n") not in {"0", "false"}


class _Names:
    """A workbook's own names without their namespace, and how deep elements stand in each other."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._part_of = ""
        self._depth = 0

    def goes_into(self, name: str) -> str:
        """The local name; nothing for a foreign one, and for `ext`, which is there for them. Raises: FileRefused."""
        self._depth += 1
        if name not in self._known:
            space, _, local = name.rpartition(" ")
            own = space in _OWN and local != "ext"
            self._part_of = self._part_of or (space if own else "")
            if own and space != self._part_of:
                _refuse()
            self._known[name] = local if own else ""
        if self._depth > MOST_DEPTH or len(self._known) > MOST_NAMES:
            _refuse()
        return self._known[name]

    def comes_out_of(self, name: str) -> str:
        """The same at the element's end."""
        self._depth -= 1
        return self._known[name]


def _check_encoding(_: str, encoding: str | None, __: int) -> None:
    if (encoding or "utf-8").lower() not in _ENCODINGS:
        _refuse()


def _refuse(*_: object) -> None:
    raise FileRefused("FileFormatUnknown")
