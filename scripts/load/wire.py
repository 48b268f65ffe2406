"""A small HTTP/1.1 client for offering load: connections that stay open, from addresses of our choosing on this machine."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Status, seconds to wait if the server said so, and the body; status 0 when the connection was lost."""

    status: int
    retry_after_seconds: int
    body: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.is_open = transport, True

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits learns that it is gone."""
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(0, 0, b""))

    def data_received(self, data: bytes) -> None:
        """Head and as many bytes of body as it names."""
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0 or self._answer is None:
            return
        lines = self._buffer[:head_end].decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        end = head_end + 4 + int(headers.get("content-length", "0"))
        if len(self._buffer) < end:
            return
        body, self._buffer = self._buffer[head_end + 4 : end], self._buffer[end:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        if not self._answer.done():
            self._answer.set_result(Answer(int(lines[0].split(" ")[1]), int(headers.get("retry-after", "0")), body))

    async def ask(self, request: bytes) -> Answer:
        """Send the bytes of one request; its answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """End it."""
        self.is_open = False
        if self._transport is not None:
            self._transport.close()


class Crowd:
    """Connections to one server, kept by the address they come from; a new one is opened when none is idle."""

    def __init__(self, port: int, most: int = 2000) -> None:
        self._port = port
        self._idle: dict[str, deque[Connection]] = defaultdict(deque)
        self._places = asyncio.Semaphore(most)

    async def ask(self, address: str, request: bytes) -> Answer:
        """One request from this address; status 0 when no connection could be had."""
        async with self._places:
            try:
                connection = await self._connection(address)
                answer = await connection.ask(request)
            except OSError:
                return Answer(0, 0, b"")
            if connection.is_open:
                self._idle[address].append(connection)
            return answer

    async def _connection(self, address: str) -> Connection:
        idle = self._idle[address]
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(Connection, "127.0.0.1", self._port, local_addr=(address, 0))
        return made

    def close(self) -> None:
        """End the idle ones."""
        for idle in self._idle.values():
            for connection in idle:
                connection.close()


def post(path: str, body: bytes) -> bytes:
    """The bytes of a POST with JSON."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
