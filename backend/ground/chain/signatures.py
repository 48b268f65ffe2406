"""secp256k1 signatures after protocol §5: made, read back, and packed into 64 bytes."""

from __future__ import annotations

import coincurve

from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.common.hashing import keccak

HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def sign(key: bytes, digest: bytes) -> bytes:
    """The 65 bytes r ‖ s ‖ v with low s and v = 27 or 28."""
    signature: bytes = coincurve.PrivateKey(key).sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([signature[64] + 27])


def recover(digest: bytes, signature: bytes) -> str:
    """The address that signed, 0x and lower case; takes 65 bytes r ‖ s ‖ v or 64 bytes r ‖ vs (EIP-2098).

    Raises: SignatureNotReadable for any other length, v other than 27 or 28, s above n/2, or when no key fits.
    """
    r, s, parity = _split(signature)
    if int.from_bytes(s, "big") > HALF_ORDER:
        raise SignatureNotReadable(reason="s > n/2")
    try:
        public = coincurve.PublicKey.from_signature_and_message(r + s + bytes([parity]), digest, hasher=None)
    except Exception as error:  # the library's own errors are bare Exceptions
        raise SignatureNotReadable(reason="no key fits") from error
    return "0x" + keccak(public.format(compressed=False)[1:])[12:].hex()


def compact(signature: bytes) -> bytes:
    """The 64 bytes r ‖ vs after EIP-2098. Raises: SignatureNotReadable."""
    r, s, parity = _split(signature)
    if s[0] & 0x80:
        raise SignatureNotReadable(reason="s > n/2")
    return r + bytes([s[0] | parity << 7]) + s[1:]


def address_of(key: bytes) -> str:
    """The address of a private key, 0x and lower case."""
    public: bytes = coincurve.PrivateKey(key).public_key.format(compressed=False)
    return "0x" + keccak(public[1:])[12:].hex()


def _split(signature: bytes) -> tuple[bytes, bytes, int]:
    if len(signature) == 65 and signature[64] in {27, 28}:
        return signature[:32], signature[32:64], signature[64] - 27
    if len(signature) == 64:
        return signature[:32], bytes([signature[32] & 0x7F]) + signature[33:], signature[32] >> 7
    raise SignatureNotReadable(reason="65 bytes with v = 27 or 28, or 64 bytes, are asked for")
