"""The gate before intake: what is more than this process can do in a moment is told when to come back, before it costs anything.

Thousands of lenders reach us from one address of their mobile network, so an address alone shuts nobody out. One that sent much
nonsense lately is let in as long as there is room to spare, and is the first to wait when there is not.
"""

from __future__ import annotations

import ipaddress
import json
import random
import time
from collections import OrderedDict

import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.accounts.access import language_of
from backend.ballots.errors import IntakeBusy

RETRY_AFTER_SECONDS = (1, 2, 3)
"""Phones come back spread over some seconds, not all at once."""
NONSENSE_ALLOWED = 40
NONSENSE_FORGOTTEN_PER_SECOND = 4
ADDRESSES_KEPT = 20_000
SUSPECTS_SHARE = 4
"""Suspect addresses get in only while fewer than a fourth of the places are taken."""
THREADS_FOR_OTHERS = 32
NONSENSE = frozenset({400, 404, 413, 415, 422})
_ANSWERS = {
    (language, seconds): json.dumps(
        {
            "error": {
                "code": "IntakeBusy",
                "message": IntakeBusy(retry_after_seconds=seconds).say(language),
                "message_zh": IntakeBusy(retry_after_seconds=seconds).say("zh"),
                "message_en": IntakeBusy(retry_after_seconds=seconds).say("en"),
                "details": {"retry_after_seconds": seconds},
            }
        },
        ensure_ascii=False,
    ).encode()
    for language in ("zh", "en")
    for seconds in RETRY_AFTER_SECONDS
}


class IntakeGate:
    """ASGI: at most `at_once` ballots of this process are worked on at a time; others get 429 with Retry-After."""

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self._app = app
        self._at_once = at_once
        self._inside = 0
        self._senders = Senders()
        self._has_threads = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not is_ballot(scope["path"]):
            await self._app(scope, receive, send)
            return
        self._find_threads()
        address = network_of(scope)
        places = self._at_once // SUSPECTS_SHARE if self._senders.is_suspect(address) else self._at_once
        if self._inside >= places:
            await _turn_away(scope, send)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in NONSENSE:
                self._senders.note_nonsense(address)
            await send(message)

        self._inside += 1
        try:
            await self._app(scope, receive, watched)
        finally:
            self._inside -= 1

    def _find_threads(self) -> None:
        """A ballot holds a thread until its transaction is on disk; everybody else's requests need threads too."""
        if not self._has_threads:
            limiter = anyio.to_thread.current_default_thread_limiter()
            limiter.total_tokens = max(limiter.total_tokens, self._at_once + THREADS_FOR_OTHERS)
            self._has_threads = True


class Senders:
    """How much nonsense came from which address lately; forgotten as time goes by."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def is_suspect(self, address: str) -> bool:
        """Whether more came than somebody makes by mistake."""
        return address in self._seen and self._level(address) >= NONSENSE_ALLOWED

    def note_nonsense(self, address: str) -> None:
        """One more request that could not be a ballot."""
        self._seen[address] = (min(self._level(address) + 1, 2 * NONSENSE_ALLOWED), time.monotonic())
        self._seen.move_to_end(address)
        if len(self._seen) > ADDRESSES_KEPT:
            self._seen.popitem(last=False)

    def _level(self, address: str) -> float:
        level, at = self._seen.get(address, (0.0, 0.0))
        return max(0.0, level - (time.monotonic() - at) * NONSENSE_FORGOTTEN_PER_SECOND)


def is_ballot(path: str) -> bool:
    """Whether the path is that of handing in a ballot."""
    return path.startswith("/api/polls/") and path.endswith("/ballots")


def network_of(scope: Scope) -> str:
    """The sender's address; of IPv6 the /64, since one household has all of it."""
    host = str(scope["client"][0]) if scope.get("client") else "unknown"
    if ":" not in host:
        return host
    try:
        return str(ipaddress.ip_network(f"{host.split('%')[0]}/64", strict=False))
    except ValueError:
        return host


async def _turn_away(scope: Scope, send: Send) -> None:
    seconds = random.choice(RETRY_AFTER_SECONDS)  # noqa: S311  (it spreads phones, it hides nothing)
    body = _ANSWERS[language_of(Request(scope)), seconds]
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(seconds).encode()),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})
