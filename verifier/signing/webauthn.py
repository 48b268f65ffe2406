"""Assertions of passkeys: what contracts/approval/PasskeyVerifier.sol accepts, no more and no less (protocol §5.1)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from verifier.signing import p256

#: r, s, two places, two offsets: 32 bytes each.
_HEAD_BYTES = 192
_TYPE = b'"type":"webauthn.get"'
_LEAST_AUTHENTICATOR_BYTES = 37
_PRESENT, _VERIFIED, _MAY_BE_BACKED_UP, _BACKED_UP = 0x01, 0x04, 0x08, 0x10


class AssertionBroken(Exception):
    """The bytes are no assertion."""


@dataclass(frozen=True)
class Assertion:
    """What an authenticator signed, and where in its client data challenge and type stand."""

    r: int
    s: int
    challenge_at: int
    type_at: int
    authenticator: bytes
    client_data: bytes

    @classmethod
    def read(cls, signature: bytes) -> Assertion:
        """From the ABI encoding; offsets may be any that stay inside. Raises: AssertionBroken."""
        if len(signature) < _HEAD_BYTES:
            raise AssertionBroken
        r, s, challenge_at, type_at, authenticator, client_data = (_word(signature, at) for at in range(0, _HEAD_BYTES, 32))
        return cls(r, s, challenge_at, type_at, _bytes_at(signature, authenticator), _bytes_at(signature, client_data))


def is_signed(key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the passkey, 64 bytes x ‖ y, signed the digest with its user present and verified."""
    try:
        said = Assertion.read(signature)
    except AssertionBroken:
        return False
    if len(said.authenticator) < _LEAST_AUTHENTICATOR_BYTES or not _flags_allow(said.authenticator[32]):
        return False
    if not _says_type(said) or not _says_challenge(said, digest):
        return False
    signed = hashlib.sha256(said.authenticator + hashlib.sha256(said.client_data).digest()).digest()
    return p256.is_signed(key, signed, said.r, said.s)


def _flags_allow(flags: int) -> bool:
    """User present and verified; backed up only where it may be."""
    return bool(flags & _PRESENT and flags & _VERIFIED and (flags & _MAY_BE_BACKED_UP or not flags & _BACKED_UP))


def _says_challenge(said: Assertion, digest: bytes) -> bool:
    challenge = b'"challenge":"' + base64.urlsafe_b64encode(digest).rstrip(b"=") + b'"'
    return said.client_data[said.challenge_at : said.challenge_at + len(challenge)] == challenge


def _says_type(said: Assertion) -> bool:
    return said.client_data[said.type_at : said.type_at + len(_TYPE)] == _TYPE


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 32], "big")


def _bytes_at(data: bytes, offset: int) -> bytes:
    if offset > len(data) - 32:
        raise AssertionBroken
    length, start = _word(data, offset), offset + 32
    if length > len(data) - start:
        raise AssertionBroken
    return data[start : start + length]
