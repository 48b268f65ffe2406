"""Identifiers: random, without meaning, safe in addresses."""

from __future__ import annotations

import secrets

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_id() -> str:
    """20 characters that nobody confuses when reading them aloud, 99 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(20))
