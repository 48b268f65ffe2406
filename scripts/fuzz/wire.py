"""One request over a connection of its own, byte for byte as it was made, from an address of our choosing on this machine."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

ANSWER_SECONDS = 40


@dataclass(frozen=True)
class Sent:
    """A request as bytes to be."""

    method: str
    path: str
    """As it goes on the wire."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    length: int | None = None
    """What is said of the body's length, where that is not so."""

    def bytes(self) -> bytes:
        """Head and body."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.method != "GET" or self.body:
            lines.append(f"Content-Length: {len(self.body) if self.length is None else self.length}")
        return "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where the connection ended without one."""

    status: int
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def ask(port: int, sent: Sent, address: str) -> Answer:
    """Send it and read to the end."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            raw = await _exchange(port, sent.bytes(), address)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        raw = b""
    seconds = time.monotonic() - began
    raw = raw.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    pairs = (line.partition(":") for line in lines)
    return Answer(status, seconds, {name.strip().lower(): value.strip() for name, _, value in pairs}, body)


async def _exchange(port: int, request: bytes, address: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read(-1)
    except ConnectionError:
        return await reader.read(-1)  # a server that refuses a body early has answered all the same
    finally:
        writer.close()
