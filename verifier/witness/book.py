"""The witness's file: entries that are chained and signed, each on disk before anybody is told; it goes on where it ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coincurve

from verifier.tally import curve, typed_data
from verifier.tally.findings import Wrong
from verifier.tally.published import canonical
from verifier.tally.witness_file import HEAD, MISSING, Entry, read


class NotOurBook(Exception):
    """The file is another witness's, about another case, in use, or broken."""


def address_of(key: bytes) -> bytes:
    """The address under which a key's signatures are known."""
    return curve.address_of(coincurve.PrivateKey(key).public_key.format(compressed=False)[1:])


class Book:
    """One file, open for as long as the process lives."""

    def __init__(self, path: Path, key: bytes, chain_id: int, case: bytes, now: Callable[[], float] = time.time) -> None:
        self._key, self._now = coincurve.PrivateKey(key), now
        self.address = address_of(key)
        self._separator = typed_data.domain_separator(chain_id, case)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        header = {"address": "0x" + self.address.hex(), "case": "0x" + case.hex(), "chain_id": chain_id, "witness": 1}
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.entries = self._opened(path, chain_id, case, header)
        except NotOurBook:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise NotOurBook(f"{path}: another process writes it, or it cannot be written: {error.strerror}") from error

    def _opened(self, path: Path, chain_id: int, case: bytes, header: dict[str, Any]) -> list[Entry]:
        """What stands in it; a last line in which the process was killed is taken off. Raises NotOurBook."""
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            self._file.truncate(whole)
        if whole == 0:
            self._write(header)
            return []
        try:
            return list(read(path, chain_id, case, frozenset([self.address])).entries)
        except Wrong as wrong:
            raise NotOurBook(f"{wrong.place} {wrong.what}") from wrong

    def _write(self, row: dict[str, Any]) -> None:
        self._file.write(canonical(row) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def add(self, kind: int, block: int, hashed: bytes) -> Entry:
        """One entry more, on disk when this returns."""
        number, previous = len(self.entries) + 1, self.entries[-1].digest if self.entries else bytes(32)
        seen_at = int(self._now())
        digest = typed_data.witnessed(self._separator, number, kind, block, hashed, seen_at, previous)
        signed = self._key.sign_recoverable(digest, hasher=None)
        said = {"hash": hashed, "previous": previous, "signature": signed[:64] + bytes([27 + signed[64]])}
        plain = {name: "0x" + value.hex() for name, value in said.items()}
        self._write({**plain, "block": block, "kind": kind, "number": number, "seen_at": seen_at})
        self.entries.append(Entry(number, kind, block, hashed, seen_at, "", digest))
        return self.entries[-1]

    def last_head(self) -> Entry | None:
        """The head that was signed last."""
        return next((one for one in reversed(self.entries) if one.kind == HEAD), None)

    def missing(self) -> set[bytes]:
        """The digests of receipts that were said to be missing."""
        return {one.hash for one in self.entries if one.kind == MISSING}

    def close(self) -> None:
        self._file.close()
