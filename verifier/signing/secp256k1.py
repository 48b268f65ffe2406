"""secp256k1 signatures as the protocol writes them: 65 bytes r ‖ s ‖ v, s at most n/2, v 27 or 28 (protocol §5)."""

from __future__ import annotations

from coincurve import PrivateKey, PublicKey
from eth_hash.auto import keccak

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class SignatureBroken(Exception):
    """The bytes are no signature in the protocol's form."""


class SigningKey:
    """A secret key; `address` is 0x and 40 lower-case digits. Raises: ValueError for a number out of range."""

    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(secret)
        self.address = _address(self._key.public_key)

    def sign(self, digest: bytes) -> bytes:
        """65 bytes; the same for the same digest (RFC 6979)."""
        signature: bytes = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([27 + signature[64]])


def recover(digest: bytes, signature: bytes) -> str:
    """The signer's address, 0x lower case. Raises: SignatureBroken."""
    if len(signature) != 65 or signature[64] not in {27, 28}:
        raise SignatureBroken
    if int.from_bytes(signature[32:64], "big") > N // 2:
        raise SignatureBroken
    try:
        return _address(PublicKey.from_signature_and_message(signature[:64] + bytes([signature[64] - 27]), digest, hasher=None))
    except Exception as error:  # the curve library raises bare Exception, too
        raise SignatureBroken from error


def _address(key: PublicKey) -> str:
    return "0x" + keccak(key.format(compressed=False)[1:])[-20:].hex()
