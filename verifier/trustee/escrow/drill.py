"""Before each poll: does every trustee still have share and copy? A signature with the share over the copy's digest (protocol §23.3)."""

from __future__ import annotations

from verifier.shares.hashes import hex_of, keccak, word
from verifier.signing.secp256k1 import SignatureBroken, SigningKey, recover
from verifier.trustee.escrow.errors import DrillNotPassed
from verifier.trustee.escrow.sharing import Sharing


def answer(seat: int, share: int, sharing: Sharing, challenge: bytes, file_digest: bytes) -> bytes:
    """65 bytes; `file_digest` is that of the trustee's own copy."""
    return SigningKey(word(share)).sign(_signed(seat, sharing, challenge, file_digest))


def check(seat: int, signature: bytes, sharing: Sharing, challenge: bytes, file_digest: bytes) -> None:
    """Raises: DrillNotPassed."""
    try:
        signer = recover(_signed(seat, sharing, challenge, file_digest), signature)
    except SignatureBroken as error:
        raise DrillNotPassed(seat=seat) from error
    if not 0 <= seat < len(sharing.transports) or signer != hex_of(sharing.point(seat).address):
        raise DrillNotPassed(seat=seat)


def _signed(seat: int, sharing: Sharing, challenge: bytes, file_digest: bytes) -> bytes:
    return keccak(b"LenderVote/1/escrow drill" + sharing.context + challenge + word(seat) + file_digest)
