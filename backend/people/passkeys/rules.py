"""What a passkey is, and what is signed once to prove it. Pure."""

from __future__ import annotations

from backend.ground.common.hashing import keccak
from backend.people.passkeys.errors import PasskeyNotReadable

PURPOSE = b"LenderVote/1/passkey"
#: The curve of passkeys (P-256, SEC 2 section 2.4.2): field prime and the constant b of y^2 = x^3 - 3x + b.
FIELD = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
CONSTANT = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
MOST_ID_BYTES = 1023


def check_passkey(credential_id: bytes, public_key: bytes) -> None:
    """An id of the length that WebAuthn allows, and a point on the curve as x ‖ y. Raises: PasskeyNotReadable."""
    if not 1 <= len(credential_id) <= MOST_ID_BYTES or len(public_key) != 64:
        raise PasskeyNotReadable
    x, y = int.from_bytes(public_key[:32], "big"), int.from_bytes(public_key[32:], "big")
    if x >= FIELD or y >= FIELD or (y * y - (x * x * x - 3 * x + CONSTANT)) % FIELD:
        raise PasskeyNotReadable


def proof_digest(session_token: str, signer: bytes) -> bytes:
    """What a new passkey signs once, 32 bytes: `keccak(purpose ‖ keccak(CSRF token of the session) ‖ signer)`.

    The session's own token is in it, so that a signature made elsewhere registers nothing here.
    """
    return keccak(PURPOSE + keccak(session_token.encode()) + signer)
