"""What a passkey signed, judged as the built PasskeyVerifier judges it (protocol §5.1, WebAuthn Level 3 §7.2)."""

import base64
import hashlib

from verifier.tally import p256

HEAD_BYTES = 0xC0  # r, s, two places, two offsets
KEY_BYTES = 64
LEAST_AUTHENTICATOR_BYTES = 37
USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP = 0x01, 0x04, 0x08, 0x10
TYPE = b'"type":"webauthn.get"'


class _Malformed(Exception):
    """The bytes are no assertion in the form that the contract reads."""


def _bytes_at(signature: bytes, place: int) -> bytes:
    """The bytes whose length stands where the word at `place` points."""
    start = int.from_bytes(signature[place : place + 32], "big")
    if start > len(signature) - 32:
        raise _Malformed
    length = int.from_bytes(signature[start : start + 32], "big")
    if length > len(signature) - start - 32:
        raise _Malformed
    return signature[start + 32 : start + 32 + length]


def accepts(key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the passkey x ‖ y signed the 32-byte digest. It takes exactly what the contract takes."""
    if len(key) != KEY_BYTES or len(signature) < HEAD_BYTES:
        return False
    r, s, challenge_at, type_at = (int.from_bytes(signature[i : i + 32], "big") for i in range(0, 128, 32))
    try:
        authenticator, client = _bytes_at(signature, 0x80), _bytes_at(signature, 0xA0)
    except _Malformed:
        return False
    challenge = b'"challenge":"' + base64.urlsafe_b64encode(digest).rstrip(b"=") + b'"'
    said = (
        len(authenticator) >= LEAST_AUTHENTICATOR_BYTES
        and client[type_at : type_at + len(TYPE)] == TYPE
        and client[challenge_at : challenge_at + len(challenge)] == challenge
        and _flags_fit(authenticator[32])
    )
    signed = hashlib.sha256(authenticator + hashlib.sha256(client).digest()).digest()
    return said and p256.verifies(signed, r, s, int.from_bytes(key[:32], "big"), int.from_bytes(key[32:], "big"))


def _flags_fit(flags: int) -> bool:
    """A person was there and verified; what is backed up could be."""
    seen = flags & USER_PRESENT and flags & USER_VERIFIED
    return bool(seen) and (bool(flags & BACKUP_ELIGIBLE) or not flags & BACKED_UP)
