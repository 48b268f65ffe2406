"""Personal fields at rest: sealed with AES-256-GCM, looked up by a keyed hash.

The additional data names table, row and column, so that a sealed value moved to another row does not open.
"""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.ground.common.errors import LenderVoteError

_VERSION = b"\x01"


class SealBroken(LenderVoteError):
    """A sealed field does not open: another key, or it was changed or moved."""

    zh = "加密字段无法解开：密钥不符，或内容被改动或移动过（{place}）。"
    en = "A sealed field does not open: the key differs, or it was changed or moved ({place})."


class FieldCipher:
    """Seals and opens single fields, and makes keyed look-up hashes.

    `master` is 32 bytes from the settings; sealing and look-up use keys derived from it, never itself.
    """

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("the field key has 32 bytes")
        self._aead = AESGCM(hmac.digest(master, b"lendervote seal", "sha256"))
        self._lookup = hmac.digest(master, b"lendervote look-up", "sha256")

    def seal(self, plain: bytes, place: str) -> bytes:
        """version ‖ nonce ‖ ciphertext; `place` is `table:row:column`."""
        nonce = os.urandom(12)
        return _VERSION + nonce + self._aead.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The plain bytes. Raises: SealBroken."""
        if sealed[:1] != _VERSION:
            raise SealBroken(place=place)
        try:
            return self._aead.decrypt(sealed[1:13], sealed[13:], place.encode())
        except InvalidTag as error:
            raise SealBroken(place=place) from error

    def seal_text(self, plain: str, place: str) -> bytes:
        """`seal` for text."""
        return self.seal(plain.encode(), place)

    def open_text(self, sealed: bytes, place: str) -> str:
        """`open` for text. Raises: SealBroken."""
        return self.open(sealed, place).decode()

    def lookup(self, kind: str, canonical: str) -> bytes:
        """HMAC-SHA256 of a canonical value, 32 bytes; `kind` keeps phones and ID numbers apart."""
        return hmac.digest(self._lookup, f"{kind}\0{canonical}".encode(), "sha256")
