"""Officials and institutions as signers: 20 bytes, a plain key, or 84 bytes, a passkey behind its verifying contract (protocol §1)."""

from __future__ import annotations

from verifier.signing import webauthn
from verifier.signing.secp256k1 import SignatureBroken, recover

PLAIN_BYTES, PASSKEY_BYTES = 20, 84


def is_signed(signer: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the signer signed the digest; code at a signer's address is never asked, so nothing of another length signed anything."""
    if len(signer) == PLAIN_BYTES:
        try:
            return recover(digest, signature) == "0x" + signer.hex()
        except SignatureBroken:
            return False
    return len(signer) == PASSKEY_BYTES and webauthn.is_signed(signer[PLAIN_BYTES:], digest, signature)
