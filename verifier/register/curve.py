"""Commitments on secp256k1 (protocol §2, §3)."""

from __future__ import annotations

from coincurve import PublicKey

from verifier.register.hashes import keccak, word

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_PRIME = 2**256 - 2**32 - 977


def _hidden_generator() -> PublicKey:
    """H: the first hash that is the x of a point, with the even y."""
    counter = 0
    while True:
        x = int.from_bytes(keccak(b"LenderVote/1/H" + counter.to_bytes(4, "big")), "big")
        if 0 < x < ORDER and pow(x**3 + 7, (_PRIME - 1) // 2, _PRIME) == 1:
            return PublicKey(b"\x02" + word(x))
        counter += 1


H = _hidden_generator()


def commitment(amount_fen: int, blind: int) -> bytes:
    """amount*G + blind*H as x ‖ y; both factors from 1 to n - 1."""
    point: bytes = H.multiply(word(blind)).add(word(amount_fen)).format(compressed=False)
    return point[1:]
