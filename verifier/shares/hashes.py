"""Keccak-256, words, hex and canonical JSON (protocol §1, §7)."""

from __future__ import annotations

import json
from typing import Any

from Crypto.Hash import keccak as _library


def keccak(data: bytes) -> bytes:
    """The 32-byte hash."""
    return _library.new(digest_bits=256, data=data).digest()


def word(value: int) -> bytes:
    """32 bytes, big-endian."""
    return value.to_bytes(32, "big")


def hex_of(data: bytes) -> str:
    """0x and lower-case digits."""
    return "0x" + data.hex()


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no white space, no escapes that JSON does not ask for. Raises: ValueError for what has no UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
