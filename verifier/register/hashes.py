"""Keccak-256, words and canonical JSON (protocol §1, §7)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sha3

_PIECE_BYTES = 2**20


def keccak(data: bytes) -> bytes:
    """The 32-byte hash."""
    digest: bytes = sha3.keccak_256(data).digest()
    return digest


def keccak_of_file(path: Path) -> bytes:
    """The hash of a file, read piece by piece. Raises: OSError."""
    hashing = sha3.keccak_256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            hashing.update(piece)
    digest: bytes = hashing.digest()
    return digest


def word(value: int) -> bytes:
    """32 bytes, big-endian."""
    return value.to_bytes(32, "big")


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no white space, no escapes that JSON does not ask for. Raises: ValueError for what has no UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
