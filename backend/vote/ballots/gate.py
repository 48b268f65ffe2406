"""The gate before intake: what is more than this process can do in a moment is told when to come back, before it costs anything.

Thousands of lenders reach us from one address of their mobile network, so an address alone shuts nobody out. One that sent much
nonsense lately is let in as long as there is room to spare, and is the first to wait when there is not.
"""

from __future__ import annotations

import functools
import ipaddress
import json
import random
import time
from collections import OrderedDict, deque

import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.ground.http.language import language_of
from backend.vote.ballots.errors import IntakeBusy

LONGEST_WAIT_SECONDS = 30
PACE_SECONDS = 4
"""Seconds of which the best says how many ballots a second are served; their mean would count the quiet before a crowd, and send it away
for several times as long as it takes."""
NONSENSE_ALLOWED = 40
NONSENSE_FORGOTTEN_PER_SECOND = 4
ADDRESSES_KEPT = 20_000
SUSPECTS_SHARE = 4
"""Suspect addresses get in only while fewer than a fourth of the places are taken."""
THREADS_FOR_OTHERS = 32
NONSENSE = frozenset({400, 404, 413, 415, 422})


class IntakeGate:
    """ASGI: at most `at_once` ballots of this process are worked on at a time; others get 429 with Retry-After."""

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self._app = app
        self._at_once = at_once
        self._inside = 0
        self._senders = Senders()
        self._pace = Pace()
        self._has_threads = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not is_ballot(scope["path"]):
            await self._app(scope, receive, send)
            return
        self._find_threads()
        address = network_of(scope)
        suspect = self._senders.is_suspect(address)
        if self._inside >= (self._at_once // SUSPECTS_SHARE if suspect else self._at_once):
            await _turn_away(scope, send, self._pace.turn_away(counted=not suspect))
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
            self._pace.note_served()

    def _find_threads(self) -> None:
        """A ballot holds a thread until its transaction is on disk; everybody else's requests need threads too."""
        if not self._has_threads:
            limiter = anyio.to_thread.current_default_thread_limiter()
            limiter.total_tokens = max(limiter.total_tokens, self._at_once + THREADS_FOR_OTHERS)
            self._has_threads = True


class Pace:
    """How long to ask people to wait: about as long as serving those who wait already will take."""

    def __init__(self) -> None:
        self._seconds: deque[list[int]] = deque([[0, 0, 0]], maxlen=LONGEST_WAIT_SECONDS + 1)
        self._wait = 1

    def note_served(self) -> None:
        """One more left."""
        self._now()[1] += 1

    def turn_away(self, *, counted: bool) -> int:
        """The seconds to name to one who is turned away, spread so that not all come back at once; who sends nonsense is not counted."""
        self._now()[2] += counted
        return random.randint((self._wait + 1) // 2, self._wait)  # noqa: S311  (it spreads phones, it hides nothing)

    def _now(self) -> list[int]:
        """The counters of this second: when it is, served, turned away."""
        second = int(time.monotonic())
        if self._seconds[-1][0] != second:
            self._seconds.append([second, 0, 0])
            served = max(done for at, done, _ in self._seconds if at >= second - PACE_SECONDS)
            waiting = sum(away for at, _, away in self._seconds if at >= second - self._wait)
            self._wait = max(1, min(LONGEST_WAIT_SECONDS, round(waiting / max(served, 1))))
        return self._seconds[-1]


class Senders:
    """A leaky bucket for each address: nonsense fills it, and it drains as time goes by."""

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


async def _turn_away(scope: Scope, send: Send, seconds: int) -> None:
    body = _answer(language_of(Request(scope)), seconds)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(seconds).encode()),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@functools.cache
def _answer(language: str, seconds: int) -> bytes:
    """The one error shape, made once for each wait: it must cost nothing."""
    error = IntakeBusy(retry_after_seconds=seconds)
    said = {"message": error.say(language), "message_zh": error.say("zh"), "message_en": error.say("en")}
    return json.dumps({"error": {"code": error.code, **said, "details": error.facts}}, ensure_ascii=False).encode()
