"""Signatures of P-256 keys, as the verifying contract takes them: r and s in range, s in the lower half (protocol §5.1)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEY_BYTES = 64


def is_signed(key: bytes, digest: bytes, r: int, s: int) -> bool:
    """Whether the key, 64 bytes x ‖ y, signed the 32-byte digest; a point that is not on the curve signed nothing."""
    if len(key) != KEY_BYTES or not (0 < r < ORDER and 0 < s <= ORDER // 2):
        return False
    numbers = EllipticCurvePublicNumbers(int.from_bytes(key[:32], "big"), int.from_bytes(key[32:], "big"), SECP256R1())
    try:
        numbers.public_key().verify(encode_dss_signature(r, s), digest, ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, ValueError):
        return False
    return True
