"""Zip archives, read strictly (PKWARE's APPNOTE, 4.3; protocol §16).

Every byte belongs to one file or to the list at the end, and each thing is said once: an archive that two programs can understand in two
ways proves nothing to either of their users.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from verifier.tally.findings import Wrong

MOST_FILES, MOST_BYTES = 1_000, 2**33  # of all files together
#: Signs of a name that every machine and every reader takes for the same (protocol §16): no blanks, nothing that looks like another.
PLAIN, MOST_NAME = re.compile("[A-Za-z0-9._/\u4e00-\u9fa5-]+"), 200
PART = 2**20
_END, _LISTED, _HEAD = struct.Struct("<4s4H2LH"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s5H3L2H")
_END_SIGN, _LISTED_SIGN, _HEAD_SIGN, _AFTER_SIGN = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04", b"PK\x07\x08"
_STORED, _DEFLATED = 0, 8
_UTF8, _SIZES_AFTER, _EFFORT = 0x0800, 0x0008, 0x0006  # flags that are understood
_OTHER_SIZE, _OTHER_NAME = 0x0001, 0x7075  # extra fields that would change what the list says


@dataclass(frozen=True)
class Entry:
    """One file as the list has it; `head` is where its own header stands."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    head: int


def broken(what: str, found: object = "") -> Wrong:
    return Wrong("bundle.unreadable", "bundle", what, "an evidence bundle", found)


class ZipFile:
    """The archive's list and where its files lie. Raises Wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                self.entries = _list(file, path.stat().st_size)
                self._starts = _places(file, self.entries, _list_start(file, path.stat().st_size)[0])
        except OSError as error:
            raise broken("cannot be read", error) from error

    def parts(self, entry: Entry) -> Iterator[bytes]:
        """A file's content as it is unpacked. Raises Wrong where it is not what the list says."""
        size, crc = 0, 0
        with self._path.open("rb") as file:
            file.seek(self._starts[entry.head])
            for part in _stored(file, entry.packed) if entry.method == _STORED else _inflated(file, entry):
                size, crc = size + len(part), zlib.crc32(part, crc)
                if size > entry.size:
                    raise broken("a file is longer than it says", entry.name)
                yield part
        if (size, crc) != (entry.size, entry.crc):
            raise broken("a file is not what the list says", entry.name)


def _stored(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left and (part := file.read(min(left, PART))):
        left -= len(part)
        yield part


def _inflated(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Unpacked in parts of bounded length; the packed bytes are one stream that ends where they end."""
    stream, waiting = zlib.decompressobj(-zlib.MAX_WBITS), b""
    packed = _stored(file, entry.packed)
    try:
        while not stream.eof and (waiting := waiting or next(packed, b"")):
            yield stream.decompress(waiting, PART)
            waiting = stream.unconsumed_tail
        while not stream.eof and (part := stream.decompress(b"", PART)):
            yield part
    except zlib.error as error:
        raise broken("a file cannot be unpacked", f"{entry.name}: {error}") from error
    if not stream.eof or stream.unused_data or next(packed, b""):
        raise broken("a file is not what the list says", entry.name)


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    """So many bytes from a place. Raises Wrong where there are fewer."""
    file.seek(start)
    found = file.read(length)
    if len(found) != length:
        raise broken("ends in the middle")
    return found


def _list_start(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Where the list of files begins, its length, and how many there are. Raises Wrong."""
    if size < _END.size:
        raise broken("does not end as an archive ends")
    sign, disk, list_disk, here, count, length, start, comment = _END.unpack(_read(file, size - _END.size, _END.size))
    if sign != _END_SIGN:
        raise broken("does not end as an archive ends, or has a comment")
    if disk or list_disk or comment or here != count or start + length + _END.size != size:
        raise broken("its end says something else")
    return start, length, count


def _list(file: BinaryIO, size: int) -> list[Entry]:
    start, length, count = _list_start(file, size)
    if count > MOST_FILES:
        raise broken("is too large", f"{count} files")
    raw, found, names, place = _read(file, start, length), list[Entry](), set[str](), 0
    for _ in range(count):
        entry, place = _listed(raw, place)
        if entry.name in names:
            raise Wrong("bundle.name", entry.name, "stands twice in the archive", "one file of each name", entry.name)
        names.add(entry.name)
        found.append(entry)
    if inside := next((name for name in names if any(folder in names for folder in _folders(name))), None):
        raise Wrong("bundle.name", inside, "lies in a folder that is a file", "one kind of thing under each name", inside)
    if place != len(raw):
        raise broken("its list of files is longer than it says")
    if sum(entry.size for entry in found) > MOST_BYTES:
        raise broken("is too large", f"more than {MOST_BYTES} bytes")
    return found


def _listed(raw: bytes, place: int) -> tuple[Entry, int]:
    """One row of the list, and where the next one begins."""
    if place + _LISTED.size > len(raw):
        raise broken("its list of files is broken")
    sign, _, _, flags, method, _, _, crc, packed, size, *lengths, disk, _, _, head = _LISTED.unpack_from(raw, place)
    name_bytes, extra_bytes, comment_bytes = lengths
    extra = place + _LISTED.size + name_bytes
    end = extra + extra_bytes
    if sign != _LISTED_SIGN or end > len(raw):
        raise broken("its list of files is broken")
    if flags & ~(_UTF8 | _SIZES_AFTER | _EFFORT) or method not in (_STORED, _DEFLATED) or disk or comment_bytes:
        raise broken("a file is packed in another way, or has a comment")
    _check_extra(raw[extra:end])
    return Entry(_name(raw[place + _LISTED.size : extra], flags), flags, method, crc, packed, size, head), end


def _name(raw: bytes, flags: int) -> str:
    """A name, which has to stay inside a folder on every machine. Raises Wrong."""
    try:
        name = raw.decode("utf-8" if flags & _UTF8 else "ascii")
    except ValueError as error:
        raise broken("a name is not UTF-8", error) from error
    plain = all(part not in ("", ".", "..") for part in name.split("/")) and PLAIN.fullmatch(name)
    if not plain or len(name) > MOST_NAME:
        raise Wrong("bundle.name", name, "is no plain file", "a file within the folder", name)
    return name


def _folders(name: str) -> Iterator[str]:
    """Those in which a name lies."""
    return (name[:place] for place, sign in enumerate(name) if sign == "/")


def _check_extra(raw: bytes) -> None:
    """Extra fields may hold dates and rights; what would change name or length is not taken."""
    place = 0
    while place < len(raw):
        if place + 4 > len(raw):
            raise broken("an extra field is not understood")
        kind, length = struct.unpack_from("<2H", raw, place)
        place += 4 + length
        if place > len(raw) or kind in (_OTHER_SIZE, _OTHER_NAME):
            raise broken("an extra field is not understood")


def _places(file: BinaryIO, entries: list[Entry], end: int) -> dict[int, int]:
    """Where each file's bytes begin, by the place of its header; they lie one behind the other from the start to the list. Raises Wrong."""
    found, place = dict[int, int](), 0
    for entry in sorted(entries, key=lambda one: one.head):
        if entry.head != place:
            raise broken("bytes that belong to no file", entry.name)
        found[entry.head] = _start_of(file, entry)
        place = found[entry.head] + entry.packed
        place += _after(file, place, entry)
    if place != end:
        raise broken("bytes that belong to no file")
    return found


def _start_of(file: BinaryIO, entry: Entry) -> int:
    """Where a file's bytes begin, behind its own header, which says what the list says. Raises Wrong."""
    sign, _, flags, method, _, _, *sizes, name_bytes, extra_bytes = _HEAD.unpack(_read(file, entry.head, _HEAD.size))
    rest = _read(file, entry.head + _HEAD.size, name_bytes + extra_bytes)
    said = zip(sizes, (entry.crc, entry.packed, entry.size), strict=True)
    same = all(here == listed or (flags & _SIZES_AFTER and here == 0) for here, listed in said)
    if sign != _HEAD_SIGN or not same or (flags, method, rest[:name_bytes]) != (entry.flags, entry.method, entry.name.encode()):
        raise broken("a file says something else than the list", entry.name)
    _check_extra(rest[name_bytes:])
    return entry.head + _HEAD.size + len(rest)


def _after(file: BinaryIO, place: int, entry: Entry) -> int:
    """How many bytes behind a file's content say its sizes once more: none, 12, or 16 with a sign. Raises Wrong."""
    if not entry.flags & _SIZES_AFTER:
        return 0
    sizes = struct.pack("<3L", entry.crc, entry.packed, entry.size)
    found = _read(file, place, len(sizes) + len(_AFTER_SIGN))
    if found == _AFTER_SIGN + sizes:
        return len(found)
    if not found.startswith(sizes):
        raise broken("bytes that belong to no file", entry.name)
    return len(sizes)
