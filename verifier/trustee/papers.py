"""Files that are JSON: read with bounds, each field asked for by its form; written beside and put in place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from verifier.shares.curve import NotAPoint, Point
from verifier.shares.hashes import canonical_json
from verifier.trustee.errors import FileExists, FileNotRead, PaperUnreadable

MOST_BYTES = 4 * 2**20
_MOST_NUMBER = 2**256


class Paper:
    """One object of a file; `name` is what a refusal calls it."""

    def __init__(self, name: str, value: Any) -> None:
        """Raises: PaperUnreadable for anything but an object."""
        if not isinstance(value, dict):
            raise PaperUnreadable(file=name, field="{}")
        self.name, self.value = name, value

    def text(self, key: str) -> str:
        """Raises: PaperUnreadable."""
        found = self.value.get(key)
        if not isinstance(found, str):
            raise self.wrong(key)
        return found

    def whole(self, key: str, least: int = 0, most: int = _MOST_NUMBER) -> int:
        """A number within bounds. Raises: PaperUnreadable."""
        found = self.value.get(key)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            raise self.wrong(key)
        return found

    def flag(self, key: str) -> bool:
        """Raises: PaperUnreadable."""
        found = self.value.get(key)
        if not isinstance(found, bool):
            raise self.wrong(key)
        return found

    def data(self, key: str, length: int | None = None) -> bytes:
        """Bytes of that length, or of any. Raises: PaperUnreadable."""
        return self._bytes(key, self.value.get(key), length)

    def many(self, key: str, length: int | None = None) -> list[bytes]:
        """A list of bytes, each of that length, or of any. Raises: PaperUnreadable."""
        return [self._bytes(key, one, length) for one in self._list(key)]

    def point(self, key: str) -> Point:
        """Raises: PaperUnreadable."""
        return self._point(key, self.data(key, 33))

    def points(self, key: str) -> list[Point]:
        """Raises: PaperUnreadable."""
        return [self._point(key, data) for data in self.many(key, 33)]

    def papers(self, key: str) -> Iterator[Paper]:
        """The objects of a list. Raises: PaperUnreadable."""
        for place, one in enumerate(self._list(key)):
            yield Paper(f"{self.name} {key}[{place}]", one)

    def wrong(self, key: str) -> PaperUnreadable:
        """The refusal that names the field."""
        return PaperUnreadable(file=self.name, field=key)

    def _list(self, key: str) -> list[Any]:
        found = self.value.get(key)
        if not isinstance(found, list):
            raise self.wrong(key)
        return found

    def _bytes(self, key: str, found: object, length: int | None) -> bytes:
        if not isinstance(found, str) or not found.startswith("0x") or found != found.lower():
            raise self.wrong(key)
        try:
            data = bytes.fromhex(found[2:])
        except ValueError as error:
            raise self.wrong(key) from error
        if "0x" + data.hex() != found or length not in {None, len(data)}:
            raise self.wrong(key)
        return data

    def _point(self, key: str, data: bytes) -> Point:
        try:
            return Point.read(data)
        except NotAPoint as error:
            raise self.wrong(key) from error


def read(path: Path) -> Paper:
    """Raises: FileNotRead, PaperUnreadable."""
    try:
        if not path.is_file():
            raise FileNotRead(file=path, reason="not a file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileNotRead(file=path, reason=error.strerror or type(error).__name__) from error
    if len(data) > MOST_BYTES:
        raise FileNotRead(file=path, reason="too large")
    try:
        return Paper(path.name, json.loads(data.decode("utf-8"), object_pairs_hook=_once))
    except (ValueError, RecursionError) as error:
        raise PaperUnreadable(file=path.name, field="JSON") from error


def write(path: Path, value: Mapping[str, Any] | bytes, *, anew: bool = False) -> None:
    """Canonical JSON, put in place whole and for its owner only; the same bytes again are no fault. Raises: FileExists, FileNotRead."""
    data = value if isinstance(value, bytes) else canonical_json(value)
    try:
        if path.exists() and not anew:
            if path.read_bytes() == data:
                return
            raise FileExists(file=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + ".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise FileNotRead(file=path, reason=error.strerror or type(error).__name__) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def first_bytes(path: Path, most: int) -> bytes:
    """The beginning of a file. Raises: FileNotRead."""
    try:
        if not path.is_file():
            raise FileNotRead(file=path, reason="not a file")
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise FileNotRead(file=path, reason=error.strerror or type(error).__name__) from error
