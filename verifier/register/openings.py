"""The sealed openings of a register (protocol §19): opened with the password, and read line by line."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from Crypto.Cipher import AES

from verifier.register.refusals import OpeningsNotOpened, OpeningsTooLarge, OpeningsUnreadable

MAGIC = b"LVOP0001"
MAX_BYTES = 2**30
#: The longest line is that of a lender with very many claims.
MAX_LINE_BYTES = 2**24
_SALT, _NONCE, _TAG = 16, 12, 16
_HEAD = len(MAGIC) + _SALT + _NONCE
_PIECE_BYTES = 2**18

Told = Callable[[int], object]


def _silent(_: int) -> None:
    """Nobody is told."""


class Openings:
    """An openings file; nothing of it is given out before all of it was found genuine."""

    def __init__(self, path: Path, password: str) -> None:
        """Raises: OpeningsUnreadable, OpeningsTooLarge, OSError."""
        self._path = path
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise OpeningsTooLarge(limit_mb=MAX_BYTES // 2**20)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if not head.startswith(MAGIC) or size < _HEAD + _TAG:
            raise OpeningsUnreadable
        self._associated, self._nonce = head[: len(MAGIC) + _SALT], head[len(MAGIC) + _SALT :]
        self._key = key_of(password, head[len(MAGIC) :][:_SALT])
        self.content_bytes = size - _HEAD - _TAG

    def check(self, told: Told = _silent) -> None:
        """Whether password and tag fit; `told` hears of bytes done. Raises: OpeningsNotOpened, OSError."""
        for _ in self._pieces(told):
            pass

    def lines(self, told: Told = _silent) -> Iterator[bytes]:
        """Every line without its LF, for what was checked. Raises: OpeningsUnreadable, OpeningsNotOpened, OSError."""
        rest = b""
        for piece in self._pieces(told):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > MAX_LINE_BYTES:
                raise OpeningsUnreadable
        if rest:
            raise OpeningsUnreadable

    def _pieces(self, told: Told) -> Iterator[bytes]:
        """The content in pieces; the tag is looked at after the last one."""
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=self._nonce, mac_len=_TAG)
        cipher.update(self._associated)
        with self._path.open("rb") as file:
            file.seek(_HEAD)
            left = self.content_bytes
            while left:
                piece = _exactly(file, min(left, _PIECE_BYTES))
                left -= len(piece)
                yield cipher.decrypt(piece)
                told(len(piece))
            tag = _exactly(file, _TAG)
        try:
            cipher.verify(tag)
        except ValueError as error:
            raise OpeningsNotOpened from error


def key_of(password: str, salt: bytes) -> bytes:
    """The file's key; white space and width of the password do not count."""
    secret = "".join(unicodedata.normalize("NFKC", password).split()).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise OpeningsUnreadable  # it was cut while it was read
    return data
