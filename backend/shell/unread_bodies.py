"""An answer that comes before the body was read is still seen: whoever is cut off while sending gets a broken connection instead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.shell.body_limit import FILE_BYTES

MOST_BYTES = 2 * FILE_BYTES
"""More is never read just to be dropped; such a sender is cut off."""
PIECE_SECONDS, ALL_SECONDS = 3.0, 30.0


class UnreadBodies:
    """ASGI middleware: before an answer ends, what the client is still sending is read and dropped, within bounds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Who asks before sending (Expect: 100-continue) has sent nothing and will not after an answer.
        coming = _is_announced(scope)

        async def watched() -> Message:
            nonlocal coming
            message = await receive()
            coming = coming and bool(message.get("more_body", False))
            return message

        async def last_after_the_body(message: Message) -> None:
            if coming and message["type"] == "http.response.body" and not message.get("more_body", False):
                await _drop(watched, lambda: coming)
            await send(message)

        await self._app(scope, watched, last_after_the_body)


def _is_announced(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    if headers.get(b"expect", b"").lower() == b"100-continue":
        return False
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


async def _drop(receive: Receive, is_coming: Callable[[], bool]) -> None:
    dropped = 0
    try:
        async with asyncio.timeout(ALL_SECONDS):
            while is_coming() and dropped < MOST_BYTES:
                message = await asyncio.wait_for(receive(), PIECE_SECONDS)
                dropped += len(message.get("body", b""))
    except TimeoutError:
        return  # it does not come: the answer goes out, and the connection with it
