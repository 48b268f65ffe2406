"""A share for one receiver: 81 bytes that follow from a one-time scalar (protocol §23.1)."""

from __future__ import annotations

import hashlib
import hmac

from Crypto.Cipher import AES

from verifier.shares.curve import ORDER, POINT_BYTES, NotAPoint, Point, scalar_of
from verifier.shares.hashes import word

BOX_BYTES = 81
_INFO = b"LenderVote/1/escrow share"
_TAG = 16


class BoxNotOpened(Exception):
    """Of another receiver or context, or changed."""


def hkdf(ikm: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 of RFC 5869, 32 bytes."""
    return hmac.new(hmac.new(salt, ikm, hashlib.sha256).digest(), info + b"\x01", hashlib.sha256).digest()


def mac_scalar(key: bytes, about: bytes, what: str) -> int:
    """1 to order - 1 by HMAC-SHA-512."""
    return scalar_of(hmac.new(key, about + what.encode(), hashlib.sha512).digest())


def sealed(value: int, e: int, receiver: Point, salt: bytes, seat: int) -> bytes:
    """The box of a scalar for the receiver; `salt`, 32 bytes, is the context too."""
    own = Point.of(e).compressed
    cipher = AES.new(_key(receiver.times(e), salt, seat, own), AES.MODE_GCM, nonce=bytes(12), mac_len=_TAG)
    cipher.update(salt)
    return own + b"".join(cipher.encrypt_and_digest(word(value)))


def opened(box: bytes, secret: int, salt: bytes, seat: int) -> int:
    """The scalar in the box. Raises: BoxNotOpened."""
    if len(box) != BOX_BYTES:
        raise BoxNotOpened
    own, content, tag = box[:POINT_BYTES], box[POINT_BYTES:-_TAG], box[-_TAG:]
    try:
        cipher = AES.new(_key(Point.read(own).times(secret), salt, seat, own), AES.MODE_GCM, nonce=bytes(12), mac_len=_TAG)
        cipher.update(salt)
        value = int.from_bytes(cipher.decrypt_and_verify(content, tag), "big")
    except (NotAPoint, ValueError) as error:
        raise BoxNotOpened from error
    if not value < ORDER:
        raise BoxNotOpened
    return value


def _key(shared: Point, salt: bytes, seat: int, own: bytes) -> bytes:
    return hkdf(shared.compressed, salt, _INFO + bytes([seat]) + own)
