"""Keccak-256, words and canonical JSON (protocol §1, §7).

safe-pysha3 hashes where it is installed; where no wheel of it fits the machine, pycryptodome gives the same in some times the time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PIECE_BYTES = 2**20


def _portable() -> Any:
    """A fresh hash by pycryptodome."""
    from Crypto.Hash import keccak as library

    return library.new(digest_bits=256, update_after_digest=False)


def _fastest() -> Callable[[], Any]:
    try:
        import sha3
    except ImportError:
        return _portable
    fresh: Callable[[], Any] = sha3.keccak_256
    return fresh


_fresh = _fastest()


def keccak(data: bytes) -> bytes:
    """The 32-byte hash."""
    hashing = _fresh()
    hashing.update(data)
    digest: bytes = hashing.digest()
    return digest


def keccak_of_file(path: Path) -> bytes:
    """The hash of a file, read piece by piece. Raises: OSError."""
    hashing = _fresh()
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
