"""XML as it streams by: no document type, no entities, no token without end."""

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


class Listener:
    """What happens at the begin and the end of an element; names come without their prefixes."""

    def begins(self, name: str, attributes: Attributes) -> bool:
        """Whether the text inside is wanted."""
        raise NotImplementedError

    def ends(self, name: str, text: str) -> None:
        """The element's own text, if it was wanted."""


def parse(pieces: Iterable[bytes], listener: Listener) -> Iterator[None]:
    """Parse piece by piece, and give way after each. Raises: FileRefused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    said: list[str] = []
    names: dict[str, str] = {}
    depth = 0

    def text(piece: str) -> None:
        if len(said) > 64:
            said[:] = ["".join(said)[: MOST_TEXT + 1]]
        said.append(piece)

    def begins(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if name not in names:
            names[name] = name.rpartition(":")[2]
        if depth > MOST_DEPTH or len(names) > MOST_NAMES:
            _refuse()
        wanted = listener.begins(names[name], attributes)
        said.clear()
        parser.CharacterDataHandler = text if wanted else None

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        parser.CharacterDataHandler = None
        listener.ends(names[name], "".join(said)[: MOST_TEXT + 1])
        said.clear()

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begins, ends, _refuse
    fed = 0
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


def value_of(attributes: Attributes, name: str) -> str:
    """An attribute's value, whatever its prefix; nothing where it is not there."""
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def _refuse(*_: object) -> None:
    raise FileRefused("FileFormatUnknown")
