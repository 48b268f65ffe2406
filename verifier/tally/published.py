"""The published folder, read strictly (protocol §12). Whatever a file says wrongly is raised as Wrong with file and field."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import Any, NoReturn

from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.leaves import HEADER, PART, Leaves, read_part
from verifier.tally.processes import LEAVES_FROM, in_order

#: The finding's name for whatever one of the files says wrongly.
FINDINGS = {
    "poll.json": "poll.file",
    "seal.json": "seal.file",
    "escrow.json": "seal.escrow",
    "leaves.csv": "register.leaves",
    "register.json": "register.file",
    "range_proofs.bin": "ranges.file",
    "sample.json": "sample.file",
    "conditions.json": "conditions.file",
    "sample_proofs.bin": "sample.file",
    "plan.json": "plan.form",
    "plan.pdf": "plan.pdf",
    "receipts.jsonl": "receipts.form",
    "result.json": "result.file",
    "stamps.jsonl": "stamps.file",
}
MOST_JSON_BYTES = 2**24
MOST_PDF_BYTES = 2**28
MOST_LEAVES = 2**24
MOST_LINE_BYTES = 2**12
LOOKED_AT_TOGETHER = 128  # lines
ENOUGH = 100  # lines of a file that are none; more say nothing new, and a small archive unpacks to a billion of them
DEEPEST = 100  # nested objects and lists
MOST_DIGITS = 4_000
_HEX = re.compile(r"0x[0-9a-f]*")


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no integer")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _is_deep(value: Any, levels: int) -> bool:
    if levels < 0 or not isinstance(value, dict | list):
        return levels < 0
    return any(_is_deep(one, levels - 1) for one in (value.values() if isinstance(value, dict) else value))


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_refuse, parse_constant=_refuse, parse_int=_whole)


def parse(text: bytes, place: str, finding: str) -> Any:
    """JSON with whole numbers only and every key once. Raises Wrong of that name."""
    try:
        value = _DECODER.decode(text.decode("utf-8", "strict"))
        too_deep = text.count(b"[") + text.count(b"{") > DEEPEST and _is_deep(value, DEEPEST)
    except (ValueError, RecursionError) as error:
        raise Wrong(finding, place, "is not readable as JSON", "UTF-8, whole numbers, every key once", error) from error
    if too_deep:
        raise Wrong(finding, place, "is not readable as JSON", f"at most {DEEPEST} levels")
    return value


def canonical(value: Any) -> bytes:
    """Canonical JSON (protocol §7). Raises ValueError for text that UTF-8 cannot carry."""
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except RecursionError as error:
        raise ValueError("too deep to be written") from error


def hash_of(value: Any, place: str, finding: str) -> bytes:
    """The keccak of its canonical JSON. Raises Wrong of that name for text that UTF-8 cannot carry."""
    try:
        return keccak(canonical(value))
    except ValueError as error:
        raise Wrong(finding, place, "holds text that UTF-8 cannot carry", "text", error) from error


def is_canonical(content: bytes, value: Any) -> bool:
    """Whether a file's content is the canonical JSON of what it says."""
    try:
        return content == canonical(value)
    except ValueError:
        return False


def is_blank(text: str) -> bool:
    """Whether a text has nothing that could be read (Unicode's White_Space, without the separators that Python takes for blanks)."""
    return all(sign.isspace() and sign not in "\x1c\x1d\x1e\x1f" for sign in text)


@dataclass(frozen=True)
class Record:
    """A JSON object with exactly the expected keys; its getters raise Wrong with the field's place, under the name `finding`."""

    fields: dict[str, Any]
    place: str
    finding: str

    @classmethod
    def of(cls, value: Any, place: str, keys: str, finding: str, *, exact: bool = True) -> "Record":
        """The object, when it is one and has these space-separated keys; when `exact`, no others."""
        expected = sorted(keys.split())
        if not isinstance(value, dict):
            raise Wrong(finding, place, "is no object", "an object", type(value).__name__)
        if sorted(value if exact else value.keys() & set(expected)) != expected:
            raise Wrong(finding, place, "has other fields", " ".join(expected), " ".join(sorted(value)))
        return cls(value, place, finding)

    def inner(self, key: str, place: str, keys: str) -> "Record":
        """The object under a key."""
        return Record.of(self.fields[key], place, keys, self.finding)

    def _at(self, key: str) -> str:
        return f"{self.place}: {key}"

    def whole(self, key: str, below: int) -> int:
        """A whole number, 0 <= it < below."""
        value = self.fields[key]
        if type(value) is not int or not 0 <= value < below:
            raise Wrong(self.finding, self._at(key), "is no whole number in range", "0 or more, within its range", value)
        return value

    def flag(self, key: str) -> bool:
        value = self.fields[key]
        if type(value) is not bool:
            raise Wrong(self.finding, self._at(key), "is neither true nor false", "true or false", value)
        return value

    def text(self, key: str) -> str:
        value = self.fields[key]
        if type(value) is not str:
            raise Wrong(self.finding, self._at(key), "is no text", "text", value)
        return value

    def raw(self, key: str, length: int) -> bytes:
        """Lower-case hex with 0x, of so many bytes."""
        value = self.fields[key]
        if type(value) is not str or len(value) != 2 + 2 * length or not _HEX.fullmatch(value):
            raise Wrong(self.finding, self._at(key), f"is not {length} bytes in hex", f"0x and {2 * length} lower-case hex digits", value)
        return bytes.fromhex(value[2:])

    def any_bytes(self, key: str) -> bytes:
        """Lower-case hex with 0x, of whole bytes."""
        value = self.fields[key]
        if type(value) is not str or len(value) % 2 or not _HEX.fullmatch(value):
            raise Wrong(self.finding, self._at(key), "is not hex", "0x and lower-case hex digits", value)
        return bytes.fromhex(value[2:])

    def number_in_hex(self, key: str) -> int:
        """A 256-bit number in hex with 0x."""
        value = self.fields[key]
        if type(value) is not str or not 2 < len(value) <= 66 or not _HEX.fullmatch(value):
            raise Wrong(self.finding, self._at(key), "is no number in hex", "0x and 1 to 64 lower-case hex digits", value)
        return int(value, 16)

    def rows(self, key: str) -> list[Any]:
        value = self.fields[key]
        if type(value) is not list:
            raise Wrong(self.finding, self._at(key), "is no list", "a list", value)
        return value

    def each(self, key: str) -> "list[Record]":
        """The rows of a list, each under the list's key, to be read as strictly as a field."""
        return [Record({key: one}, self.place, self.finding) for one in self.rows(key)]


def require_file(path: Path, finding: str, most: int) -> int:
    """How many bytes a file says it has, at most so many; a link to a device has no end. Raises Wrong of that name, OSError."""
    found = path.stat()
    if not S_ISREG(found.st_mode):
        raise Wrong(finding, path.name, "is no file", "a file", "something else under its name")
    if found.st_size > most:
        raise Wrong(finding, path.name, "is too long", f"at most {most} bytes", found.st_size)
    return found.st_size


def whole(path: Path, finding: str, most: int) -> bytes:
    """A file's bytes, at most so many. Raises Wrong of that name, also where it has more than it says: what a system makes up may have no
    end; OSError."""
    size = require_file(path, finding, most)
    with path.open("rb") as file:
        found = file.read(size + 1)
    if len(found) > size:
        raise Wrong(finding, path.name, "is longer than it says", f"{size} bytes", "more")
    return found


def bounded(path: Path, finding: str, most: int = MOST_JSON_BYTES) -> bytes:
    """A file's content, if it has no more bytes than that. Raises Wrong of that name."""
    try:
        return whole(path, finding, most)
    except (OSError, ValueError) as error:
        raise Wrong(finding, path.name, "cannot be read", "the file", getattr(error, "strerror", None) or error) from error


class Published:
    """The folder of published files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def bytes_of(self, name: str, most: int = MOST_JSON_BYTES) -> bytes:
        """A file's content."""
        return bounded(self.folder / name, FINDINGS[name], most)

    def has(self, name: str) -> bool:
        """Whether anything stands there under that name."""
        return (self.folder / name).exists()

    def pdf(self) -> bytes:
        return self.bytes_of("plan.pdf", MOST_PDF_BYTES)

    def record(self, name: str, keys: str) -> Record:
        """A JSON file that is one object with these keys."""
        return Record.of(parse(self.bytes_of(name), name, FINDINGS[name]), name, keys, FINDINGS[name])

    def line_parts(self, name: str, most: int, lines: int) -> Iterator[list[bytes]]:
        """The file's lines with their ends, so many at a time; raises Wrong when the last one does not end."""
        path = self.folder / name
        try:
            left = require_file(path, FINDINGS[name], most)
            with path.open("rb") as file:
                rows = iter(partial(file.readline, MOST_LINE_BYTES + 1), b"")
                part: list[bytes] = []
                # A few at a time: lines without end, or a file that a system makes up, fill no memory before they are refused.
                while few := list(islice(rows, min(lines - len(part), LOOKED_AT_TOGETHER))):
                    if (left := left - sum(map(len, few))) < 0:
                        raise Wrong(FINDINGS[name], name, "is longer than it says")
                    if longest := next((row for row in few if len(row) > MOST_LINE_BYTES), None):
                        raise Wrong(FINDINGS[name], name, "has a line that is too long", f"less than {MOST_LINE_BYTES} bytes", longest[:40])
                    if not few[-1].endswith(b"\n"):
                        raise Wrong(FINDINGS[name], name, "is cut off: its last line does not end", "LF at the end", few[-1][-40:])
                    part += few
                    if len(part) == lines:
                        yield part
                        part = []
                if part:
                    yield part
        except (OSError, ValueError) as error:
            raise Wrong(FINDINGS[name], name, "cannot be read", "the file", getattr(error, "strerror", None) or error) from error

    def leaves(self, expected: int, ticked: Callable[[int], None] = lambda _: None) -> Leaves:
        """leaves.csv, of which about `expected` lines will come; a line that is no leaf in its place is listed as wrong."""
        found = Leaves()
        for part in in_order(read_part, self._leaf_lines(), much=expected >= LEAVES_FROM):
            found.take(part)
            ticked(len(part.classes))
            if len(found.wrong) >= ENOUGH:
                found.wrong[ENOUGH:] = [Wrong("register.leaves", "leaves.csv", "has more such lines, which were not read")]
                break
        return found

    def _leaf_lines(self) -> Iterator[tuple[int, list[bytes]]]:
        first = 0
        line = next(self.line_parts("leaves.csv", MOST_LEAVES * 150, 1), [b""])[0].removesuffix(b"\n")
        if line != HEADER:
            raise Wrong("register.leaves", "leaves.csv line 1", "has another header", HEADER.decode(), line)
        waiting: list[bytes] = []
        for number, lines in enumerate(self.line_parts("leaves.csv", MOST_LEAVES * 150, PART)):
            waiting += lines[1:] if number == 0 else lines
            if len(waiting) >= PART:
                yield first, waiting[:PART]
                first, waiting = first + PART, waiting[PART:]
        if waiting:
            yield first, waiting
