"""No request may be larger than its kind needs; what is larger is refused before it is read."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.ground.common.errors import BadInput
from backend.shell.errors import answer

PLAIN_BYTES = 2**20
FILE_BYTES = 64 * 2**20


class BodyTooLarge(BadInput):
    """The request is larger than this call takes."""

    zh = "提交的内容过大：最大 {limit_mib} MiB。"
    en = "The input is too large: {limit_mib} MiB at most."


class BodyLimit:
    """Counts what arrives: 64 MiB for uploads (multipart), 1 MiB for everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit = FILE_BYTES if headers.get(b"content-type", b"").startswith(b"multipart/form-data") else PLAIN_BYTES
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > limit:
            await self._refuse(scope, receive, send, limit)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise _BodyGrew
            return message

        try:
            await self._app(scope, counted, send)
        except _BodyGrew:
            await self._refuse(scope, receive, send, limit)

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        response = answer(Request(scope), BodyTooLarge(limit_mib=limit // 2**20), 413)
        await response(scope, receive, send)


class _BodyGrew(Exception):
    """More arrived than was declared."""
