"""The identity file: JSON lines, one a lender, that say whose photos and person belong to an index (protocol §15.1)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from verifier.issuer.bindings.errors import IdentityFileNotReadable

MOST_PHOTOS = 5
SALT_BYTES = 32
_HASH = re.compile(r"0x[0-9a-f]{64}")
_KEYS = {"index", "salt", "photos", "person"}


@dataclass(frozen=True)
class Line:
    """One lender: the photos' keccak hashes, and the salted hash of name and number or None."""

    index: int
    salt: bytes
    photos: tuple[bytes, ...]
    person: bytes | None

    def as_text(self) -> str:
        """As it is in the file, with its LF."""
        shown = {
            "index": self.index,
            "person": None if self.person is None else "0x" + self.person.hex(),
            "photos": ["0x" + photo.hex() for photo in self.photos],
            "salt": "0x" + self.salt.hex(),
        }
        return json.dumps(shown, sort_keys=True, separators=(",", ":")) + "\n"


def file_hash(data: bytes) -> bytes:
    """What the officials sign."""
    return keccak(data)


def photo_hash(photo: bytes) -> bytes:
    """A photo as the file names it: the keccak of the picture file."""
    return keccak(photo)


def person_hash(salt: bytes, name: str, number: str) -> bytes:
    """keccak(salt ‖ canonical JSON of name and number), in one writing for full and half width, capitals and spaces."""
    said = {"name": plain(name), "number": plain(number).upper()}
    return keccak(salt + json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def plain(value: str) -> str:
    """NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", value).split())


def read_file(data: bytes, leaf_count: int) -> list[Line]:
    """The lines of a file about a register of so many leaves. Raises: IdentityFileNotReadable with the row."""
    return list(_lines(data, leaf_count))


def _lines(data: bytes, leaf_count: int) -> Iterator[Line]:
    if not data.endswith(b"\n"):
        raise IdentityFileNotReadable(
            row=data.count(b"\n") + 1, why_zh="文件没有以换行符结束", why_en="the file does not end with a line feed"
        )
    before = -1
    for row, text in enumerate(data[:-1].split(b"\n"), start=1):
        try:
            line = _line(text)
        except (ValueError, RecursionError) as error:
            raise IdentityFileNotReadable(row=row, why_zh="格式不符", why_en=f"it has another form: {error}") from error
        if line.index <= before:
            raise IdentityFileNotReadable(row=row, why_zh="序号没有严格递增", why_en="indexes have to rise from line to line")
        if line.index >= leaf_count:
            raise IdentityFileNotReadable(row=row, why_zh="序号不在登记表内", why_en="the index is not in the register")
        before = line.index
        yield line


def _line(text: bytes) -> Line:
    found = json.loads(text.decode(), object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number)
    if not isinstance(found, dict) or set(found) != _KEYS:
        raise ValueError("one object with index, salt, photos and person")
    index, photos = found["index"], found["photos"]
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise ValueError("index is a whole number")
    if not isinstance(photos, list) or len(photos) > MOST_PHOTOS or not (photos or found["person"]):
        raise ValueError(f"at most {MOST_PHOTOS} photos, and at least a photo or a person")
    person = None if found["person"] is None else _hash(found["person"])
    return Line(index, _hash(found["salt"]), tuple(_hash(photo) for photo in photos), person)


def _hash(value: Any) -> bytes:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("hashes and salts are 0x and 64 hexadecimal digits in lower case")
    return bytes.fromhex(value[2:])


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(value: str) -> Any:
    raise ValueError(f"{value[:20]} is no whole number")
