"""Keccak-256 and canonical JSON, the two ways in which bytes become a name (protocol §1, §7)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from eth_hash.auto import keccak as _keccak


def keccak(data: bytes) -> bytes:
    """Keccak-256, 32 bytes."""
    return _keccak(data)


def keccak_of_pieces(pieces: Iterable[bytes]) -> bytes:
    """Keccak-256 of what the pieces are together."""
    hashing = _keccak.new(b"")
    for piece in pieces:
        hashing.update(piece)
    return hashing.digest()


def canonical_json(value: Any) -> bytes:
    """Canonical JSON (protocol §7): UTF-8, sorted keys, no white space, integers only.

    Raises: TypeError for a float anywhere.
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("canonical JSON has no fractions")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("canonical JSON keys are strings")
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
