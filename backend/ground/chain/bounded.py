"""Connections to nodes whose answers have an end: whoever drips, or answers without end, holds up nobody for longer than one call may take.

Time-outs of a socket are between two pieces; here one is for the whole answer, headers included, and so is a number of bytes.
"""

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

#: Of one answer. Logs of many blocks may be longer where strangers fill blocks: fewer blocks at once are asked for then.
MOST_BYTES = 2**25


class NoEnd(OSError):
    """More bytes than one answer may have, or time went by while they came."""


class _Pieces(io.RawIOBase):
    """What a socket gives until a moment, and so many bytes of it."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._raw = cast(io.RawIOBase, sock.makefile("rb", buffering=0))
        self._until = time.monotonic() + seconds
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0 or self._bytes > MOST_BYTES:
            raise NoEnd("the answer does not end")
        self._sock.settimeout(left)
        try:
            found = self._raw.readinto(buffer)
        except TimeoutError as error:
            raise (NoEnd if self._bytes else TimeoutError)("the answer does not end") from error
        self._bytes += found or 0
        return found

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Reader(io.BufferedReader):
    """What a length that a node makes up takes no memory by: room for all of it would be made before the first byte."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MOST_BYTES:
            raise NoEnd("the answer is too long")
        return super().read(size)


class _Socket:
    """The part of a socket that a response reads by."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._pieces = _Pieces(sock, seconds)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return _Reader(self._pieces)


class _Bounded:
    """A response that is read within the connection's time-out."""

    timeout: Any

    def response_class(self, sock: socket.socket, *given: Any, **named: Any) -> HTTPResponse:
        return HTTPResponse(cast(socket.socket, _Socket(sock, self.timeout)), *given, **named)


class _Plain(_Bounded, HTTPConnection):  # type: ignore[misc]  # http.client has a class there and only calls it
    pass


class _Encrypted(_Bounded, HTTPSConnection):  # type: ignore[misc]  # as above
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


POOLS = {"http": _PlainPool, "https": _EncryptedPool}
