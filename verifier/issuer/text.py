"""What the issuer takes for text: the rules of protocol §18.1, written once more, on the vectors that the backend has too.

A body's strings go through `one_line` or `as_sent`; paths and queries go through `PlainAddresses`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated
from unicodedata import category
from urllib.parse import parse_qsl, urlencode

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from verifier.issuer.errors import AddressUnknown, FieldsNotReadable
from verifier.issuer.http.errors import answer
from verifier.issuer.private_use import MEANT

MOST_ADDRESS = 4_096
# Unicode's White_Space, and the Braille blank, which nobody sees either.
_WHITE = "\t-\r\x85 \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_WHITE_RUN = re.compile(f"[{_WHITE}\u2800]+")
_IS_WHITE = re.compile(f"[{_WHITE}]")
# Unicode's Default_Ignorable_Code_Point, in its ranges; Cf is asked for besides.
_UNSEEN = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F)),
    *((0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
# Unicode's Variation_Selector.
_VARYING = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


class NotText(ValueError):
    """The first sign that no text of ours holds, as `U+0000`."""


def without_marks(text: str) -> str:
    """The text with private signs put in their places and without what is invisible. Raises: NotText."""
    out = ""
    for sign in (MEANT.get(sign, sign) for sign in text):
        if _IS_WHITE.match(sign):
            out += sign
        elif category(sign) == "Cf" or _within(sign, _UNSEEN):
            varies = _within(sign, _VARYING) and out != "" and category(out[-1])[0] in "LNSP" and not _IS_WHITE.match(out[-1])
            out += sign if varies else ""
        else:
            out += _kept(sign)
    return out


def one_line(text: str) -> str:
    """A line: blanks single and none at its ends. Raises: NotText."""
    return _WHITE_RUN.sub(" ", without_marks(text)).strip(" ")


def as_sent(text: str) -> str:
    """The text unchanged, for what was signed or is secret. Raises: NotText."""
    for sign in text:
        if category(sign) in {"Cc", "Cs"}:
            raise NotText(_name(sign))
    return text


def _checked(read: Callable[[str], str]) -> BeforeValidator:
    def check(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return read(value)
        except NotText as error:
            raise PydanticCustomError(
                "TextNotPlain",
                "There is a control character, or one that was lost or cannot be kept ({character}): take it out or enter it again.",
                {"character": str(error), "zh": f"含有控制字符、乱码或无法保存的字符（{error}），请删除或重新录入。"},
            ) from error

    return BeforeValidator(check)


Line = Annotated[str, _checked(one_line)]
AsSent = Annotated[str, _checked(as_sent)]


class PlainAddresses:
    """ASGI middleware: every path and query is text before a route sees it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with path and query cleaned, or answer why not."""
        if scope["type"] == "http":
            query, scope["query_string"] = scope["query_string"], b""
            try:
                scope["path"] = without_marks(scope["path"])
            except NotText:
                await answer(HTTPConnection(scope), AddressUnknown())(scope, receive, send)
                return
            try:
                scope["query_string"] = _cleaned(query)
            except ValueError:
                await answer(HTTPConnection(scope), FieldsNotReadable(fields="?"))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _cleaned(query: bytes) -> bytes:
    if len(query) > MOST_ADDRESS:
        raise NotText("...")
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    return urlencode([(without_marks(name), without_marks(value)) for name, value in pairs]).encode()


def _kept(sign: str) -> str:
    place = ord(sign)
    if category(sign) in {"Cc", "Cs", "Co"} or place == 0xFFFD or place & 0xFFFF >= 0xFFFE or 0xFDD0 <= place <= 0xFDEF:
        raise NotText(_name(sign))
    return sign


def _within(sign: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(sign) <= last for first, last in ranges)


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X}"
