"""The published folder, read strictly (protocol §12). Whatever a file says wrongly is raised as Wrong with file and field."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from verifier.tally.findings import Wrong

MOST_JSON_BYTES = 2**24
MOST_PDF_BYTES = 2**28
MOST_LEAVES = 2**24
LEAF_HEADER = b"index,voting_class,x,y"
_LEAF = re.compile(rb"(0|[1-9][0-9]{0,7}),(0|[1-9][0-9]?),([0-9a-fA-F]{64}),([0-9a-fA-F]{64})")
_HEX = re.compile(r"0x[0-9a-f]*")


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no integer")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def parse(text: bytes, place: str) -> Any:
    """JSON with whole numbers only and every key once."""
    try:
        decoded = text.decode("utf-8", "strict")
        return json.loads(decoded, object_pairs_hook=_pairs, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Wrong(place, "is not readable as JSON", "UTF-8, whole numbers, every key once", error) from error


def canonical(value: Any) -> bytes:
    """Canonical JSON (protocol §7). Raises Wrong for text that UTF-8 cannot carry."""
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise Wrong("JSON", "cannot be written as UTF-8", "", error) from error


@dataclass(frozen=True)
class Record:
    """A JSON object with exactly the expected keys; its getters raise Wrong with the field's place."""

    fields: dict[str, Any]
    place: str

    @classmethod
    def of(cls, value: Any, place: str, keys: str) -> "Record":
        """The object, when it is one and has these space-separated keys and no others."""
        expected = sorted(keys.split())
        if not isinstance(value, dict):
            raise Wrong(place, "is no object", "an object", type(value).__name__)
        if sorted(value) != expected:
            raise Wrong(place, "has other fields", " ".join(expected), " ".join(sorted(value)))
        return cls(value, place)

    def _at(self, key: str) -> str:
        return f"{self.place}: {key}"

    def whole(self, key: str, below: int) -> int:
        """A whole number, 0 <= it < below."""
        value = self.fields[key]
        if type(value) is not int or not 0 <= value < below:
            raise Wrong(self._at(key), "is no whole number in range", "0 or more, within its range", value)
        return value

    def flag(self, key: str) -> bool:
        value = self.fields[key]
        if type(value) is not bool:
            raise Wrong(self._at(key), "is neither true nor false", "true or false", value)
        return value

    def text(self, key: str) -> str:
        value = self.fields[key]
        if type(value) is not str:
            raise Wrong(self._at(key), "is no text", "text", value)
        return value

    def raw(self, key: str, length: int) -> bytes:
        """Lower-case hex with 0x, of so many bytes."""
        value = self.fields[key]
        if type(value) is not str or len(value) != 2 + 2 * length or not _HEX.fullmatch(value):
            raise Wrong(self._at(key), f"is not {length} bytes in hex", f"0x and {2 * length} lower-case hex digits", value)
        return bytes.fromhex(value[2:])

    def number_in_hex(self, key: str) -> int:
        """A 256-bit number in hex with 0x."""
        value = self.fields[key]
        if type(value) is not str or not 2 < len(value) <= 66 or not _HEX.fullmatch(value):
            raise Wrong(self._at(key), "is no number in hex", "0x and 1 to 64 lower-case hex digits", value)
        return int(value, 16)

    def rows(self, key: str) -> list[Any]:
        value = self.fields[key]
        if type(value) is not list:
            raise Wrong(self._at(key), "is no list", "a list", value)
        return value


@dataclass(frozen=True)
class Leaves:
    """The register: class and commitment (64 bytes) by index, and for each line that is no leaf what is wrong with it."""

    classes: list[int]
    points: list[bytes]
    wrong: list[Wrong]


class Published:
    """The folder of published files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def bytes_of(self, name: str, most: int = MOST_JSON_BYTES) -> bytes:
        """A file's content."""
        path = self.folder / name
        try:
            if path.stat().st_size > most:
                raise Wrong(name, "is too long", f"at most {most} bytes", path.stat().st_size)
            return path.read_bytes()
        except (OSError, ValueError) as error:
            raise Wrong(name, "cannot be read", "the file", getattr(error, "strerror", None) or error) from error

    def pdf(self) -> bytes:
        return self.bytes_of("plan.pdf", MOST_PDF_BYTES)

    def record(self, name: str, keys: str) -> Record:
        """A JSON file that is one object with these keys."""
        return Record.of(parse(self.bytes_of(name), name), name, keys)

    def lines(self, name: str, most: int) -> Iterator[tuple[int, bytes]]:
        """Number (from 1) and content of every line; raises Wrong where the file does not end with a line's end."""
        content = self.bytes_of(name, most)
        if content and not content.endswith(b"\n"):
            raise Wrong(name, "is cut off: its last line does not end", "LF at the end", content[-40:])
        yield from enumerate(content.split(b"\n")[:-1], start=1)

    def leaves(self, ticked: Callable[[int], None] = lambda _: None) -> Leaves:
        """leaves.csv; a line that is no leaf in its place is listed as wrong, so that all of them can be named."""
        found = Leaves([], [], [])
        lines = self.lines("leaves.csv", MOST_LEAVES * 150)
        _, header = next(lines, (1, b""))
        if header != LEAF_HEADER:
            raise Wrong("leaves.csv line 1", "has another header", LEAF_HEADER.decode(), header)
        for number, line in lines:
            match = _LEAF.fullmatch(line)
            place = f"leaves.csv line {number}"
            if match is None:
                found.wrong.append(Wrong(place, "is no leaf", "index,voting_class,x,y", line))
                continue
            index, voting_class, x, y = match.groups()
            if int(index) != number - 2:
                found.wrong.append(Wrong(place, "index is out of order", number - 2, int(index)))
            found.classes.append(int(voting_class))
            found.points.append(bytes.fromhex((x + y).decode()))
            if number % 10_000 == 0:
                ticked(10_000)
        return found
