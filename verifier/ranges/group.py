"""Points of secp256k1 by libsecp256k1, called directly: a proof touches thousands of them (protocol §1, §4.2).

A point is a structure of the library, never infinity; where a sum or product is infinity, these functions say None.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coincurve._libsecp256k1 import ffi, lib
from coincurve.context import GLOBAL_CONTEXT
from coincurve.flags import EC_COMPRESSED, EC_UNCOMPRESSED
from Crypto.Hash import keccak as _library

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
POINT_BYTES, XY_BYTES, SCALAR_BYTES = 33, 64, 32
Point = Any
_CONTEXT = GLOBAL_CONTEXT.ctx


class NotAPoint(ValueError):
    """Bytes that are no point in its only form."""


def keccak(data: bytes) -> bytes:
    """Keccak-256 as in Ethereum."""
    return _library.new(digest_bits=256, data=data).digest()


def word(value: int) -> bytes:
    """32 bytes, big-endian."""
    return value.to_bytes(SCALAR_BYTES, "big")


def read(data: bytes) -> Point:
    """From 33 bytes, 02 or 03 and x. Raises: NotAPoint, also for an x of p or more."""
    if len(data) != POINT_BYTES:
        raise NotAPoint
    return _parsed(data)


def read_xy(data: bytes) -> Point:
    """From 64 bytes x ‖ y. Raises: NotAPoint."""
    if len(data) != XY_BYTES:
        raise NotAPoint
    return _parsed(b"\x04" + data)


def _parsed(data: bytes) -> Point:
    point = ffi.new("secp256k1_pubkey *")
    if not lib.secp256k1_ec_pubkey_parse(_CONTEXT, point, data, len(data)):
        raise NotAPoint
    return point


def write(point: Point) -> bytes:
    """33 bytes."""
    data, length = ffi.new("unsigned char[]", POINT_BYTES), ffi.new("size_t *", POINT_BYTES)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, data, length, point, EC_COMPRESSED)
    return bytes(ffi.buffer(data))


def write_xy(point: Point) -> bytes:
    """64 bytes x ‖ y."""
    data, length = ffi.new("unsigned char[]", 1 + XY_BYTES), ffi.new("size_t *", 1 + XY_BYTES)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, data, length, point, EC_UNCOMPRESSED)
    return bytes(ffi.buffer(data)[1:])


def total(points: Sequence[Point]) -> Point | None:
    """The sum of points, none of them infinity; None where it is infinity, or where there are none."""
    if not points:
        return None
    found = ffi.new("secp256k1_pubkey *")
    # Every point was parsed or made by the library, so the only reason to refuse is a sum at infinity.
    return found if lib.secp256k1_ec_pubkey_combine(_CONTEXT, found, points, len(points)) else None


def times(scalar: int, point: Point) -> Point | None:
    """scalar*point; None for a multiple of the order."""
    reduced = scalar % ORDER
    if not reduced:
        return None
    found = ffi.new("secp256k1_pubkey *", point[0])
    lib.secp256k1_ec_pubkey_tweak_mul(_CONTEXT, found, word(reduced))
    return found


def negated(point: Point) -> Point:
    """The inverse point."""
    found = ffi.new("secp256k1_pubkey *", point[0])
    lib.secp256k1_ec_pubkey_negate(_CONTEXT, found)
    return found


def powers(base: int, count: int) -> list[int]:
    """base^0 to base^(count-1), modulo the order."""
    found, value = [], 1
    for _ in range(count):
        found.append(value)
        value = value * base % ORDER
    return found
