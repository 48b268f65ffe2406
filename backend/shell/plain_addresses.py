"""Every path and query is text before anything else sees it (protocol §18.1): marks go, what nothing can hold is refused."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.ground.common.errors import LenderVoteError
from backend.ground.common.text import TextNotPlain, visible
from backend.shell.errors import AddressUnknown, FieldsNotReadable, answer

MOST_CHARACTERS = 4_096
"""More than any address of ours has; a check file or a ballot goes into a body."""


class PlainAddresses:
    """ASGI middleware; a path that is no text is an address that does not exist. `page` says a refusal to people, outside of /api/."""

    def __init__(self, app: ASGIApp, page: Callable[[Request, LenderVoteError], Response]) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope["path"], scope["query_string"] = _path(scope["path"]), _query(scope["query_string"])
        except LenderVoteError as error:
            await self._refusal(Request({**scope, "query_string": b""}), error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, request: Request, error: LenderVoteError) -> Response:
        if request.url.path.startswith("/api/"):
            return answer(request, error)
        return self._page(request, error)


def _path(path: str) -> str:
    if len(path) > MOST_CHARACTERS:
        raise AddressUnknown
    try:
        return visible(path)
    except TextNotPlain as error:
        raise AddressUnknown from error


def _query(query: bytes) -> bytes:
    if len(query) > MOST_CHARACTERS:
        raise FieldsNotReadable(fields="?")
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
        return urlencode([(visible(name), visible(value)) for name, value in pairs]).encode()
    except (TextNotPlain, ValueError) as error:
        raise FieldsNotReadable(fields="?") from error
