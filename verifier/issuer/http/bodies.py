"""Request bodies: read whole into memory within bounds of size, sum and time, and never onto a disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from verifier.face.decision import MAX_BYTES
from verifier.issuer.errors import BodyTooLarge, BodyTooSlow, FacesBusy, FieldsNotReadable, IssuerError
from verifier.issuer.http.errors import answer

JSON_BYTES = 512 * 1024
FORM_BYTES = 3 * MAX_BYTES + 64 * 1024
#: An identity file about 100,000 lenders has some 35 MB.
IDENTITY_FILE_BYTES = 128 * 1024 * 1024
#: All bodies in hand together; whoever comes on top is told to come again.
TOTAL_BYTES = 256 * 1024 * 1024
READ_SECONDS = 60.0
#: So much of a body that is too large is read and dropped: a browser that is cut off while it sends never sees the answer.
DROPPED_BYTES = 64 * 1024 * 1024
#: Calls that take pictures.
FORM_PATHS = ("/v1/credentials/face", "/v1/references")
IDENTITY_FILES = "/v1/identity-files/"


def _takes_pictures(path: str) -> bool:
    return path in FORM_PATHS or (path.startswith("/v1/sessions/") and path.endswith("/frames"))


class BodyBounds:
    """ASGI middleware that reads the body before the application sees the request.

    `is_expected` says of a hash whether officials' signatures for such an identity file are here: nobody else's large body is read.
    """

    def __init__(
        self,
        app: ASGIApp,
        read_seconds: float = READ_SECONDS,
        total_bytes: int = TOTAL_BYTES,
        is_expected: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._app = app
        self._is_expected = is_expected
        self._read_seconds = read_seconds
        self._total_bytes = total_bytes
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body in memory, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        try:
            await self._read(scope, receive, body)
            await self._app(scope, _replay(bytes(body), receive), send)
        except _Gone:
            return
        except IssuerError as error:  # only from reading: the application answers its own errors
            response = answer(HTTPConnection(scope), error)
            response.headers["Connection"] = "close"
            await response(scope, receive, send)
        finally:
            self._in_hand -= len(body)

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> None:
        limit = self._limit(scope)
        told = Headers(scope=scope).get("content-length", "0")
        too_large = not told.isdigit() or len(told) > 12 or int(told) > limit
        try:
            async with asyncio.timeout(self._read_seconds):
                fits = await self._read_pieces(receive, body, 0 if too_large else limit)
        except TimeoutError as error:
            raise BodyTooSlow(seconds=round(self._read_seconds)) from error
        if too_large or not fits:
            raise BodyTooLarge(limit_bytes=limit)

    def _limit(self, scope: Scope) -> int:
        path = scope["path"]
        if scope["method"] == "PUT" and path.startswith(IDENTITY_FILES) and self._is_expected(path.removeprefix(IDENTITY_FILES)):
            return IDENTITY_FILE_BYTES
        return FORM_BYTES if _takes_pictures(path) else JSON_BYTES

    async def _read_pieces(self, receive: Receive, body: bytearray, limit: int) -> bool:
        while True:
            piece, more = await _next(receive)
            if len(body) + len(piece) > limit:
                await _drop(receive, more)
                return False
            if self._in_hand + len(piece) > self._total_bytes:
                raise FacesBusy(retry_after_seconds=10)
            body += piece
            self._in_hand += len(piece)
            if not more:
                return True


async def _next(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise _Gone
    return message.get("body", b""), bool(message.get("more_body", False))


async def _drop(receive: Receive, more: bool) -> None:
    dropped = 0
    while more and dropped < DROPPED_BYTES:
        piece, more = await _next(receive)
        dropped += len(piece)


class _Gone(Exception):
    """The client left."""


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def once() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


class _InMemory(MultiPartParser):
    """The framework's parser, which would put files above 1 MB on the disk."""

    spool_max_size = 2 * FORM_BYTES


@asynccontextmanager
async def read_form(request: Request, most_files: int) -> AsyncIterator[FormData]:
    """The fields and files of a multipart form, in memory for as long as they are read and no longer. Raises: FieldsNotReadable."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise FieldsNotReadable(fields="multipart/form-data")
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=most_files, max_fields=8, max_part_size=16 * 1024).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise FieldsNotReadable(fields="multipart/form-data") from error
    try:
        yield form
    finally:
        await form.close()


def text_field(form: FormData, name: str) -> str:
    """One text field. Raises: FieldsNotReadable."""
    value = form.get(name)
    if not isinstance(value, str):
        raise FieldsNotReadable(fields=name)
    return value


async def files_of(form: FormData, name: str) -> Sequence[bytes]:
    """The bytes of every file of that name. Raises: FieldsNotReadable when one of them is text."""
    found = form.getlist(name)
    if not all(isinstance(item, UploadFile) for item in found):
        raise FieldsNotReadable(fields=name)
    return [await item.read() for item in found if isinstance(item, UploadFile)]
