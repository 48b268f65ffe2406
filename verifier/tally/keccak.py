"""Keccak-256 as in Ethereum (protocol §1)."""

from Crypto.Hash import keccak as _keccak

_new = _keccak.new


def keccak(data: bytes) -> bytes:
    """The 32-byte hash of the data."""
    return _new(digest_bits=256, data=data).digest()


def word(value: int) -> bytes:
    """A 32-byte big-endian whole number."""
    return value.to_bytes(32, "big")
