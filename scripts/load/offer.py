"""Offers ballots at a fixed rate, whatever the answers do (open loop); phones that are turned away come back as they were told."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.load.wire import Crowd, post

NETWORKS = [f"127.10.0.{number}" for number in range(1, 21)]
"""Phones come through few addresses of their mobile networks."""
NONSENSE_NETWORKS = ["127.66.0.1", "127.66.0.2", "127.66.0.3", NETWORKS[0]]
"""Nonsense comes from a few addresses, one of which hundreds of honest phones share."""
GIVE_UP_SECONDS = 90


@dataclass(frozen=True)
class Held:
    """A receipt that a phone holds: what it says, and how long it took."""

    index: int
    choice: int
    """0 in a sealed poll."""
    sequence: int
    number: str
    seconds: float
    """From the moment the ballot was due to be sent."""
    attempts: int
    answer_seconds: float
    """Of the attempt that was answered with the receipt."""


@dataclass
class Offered:
    """What came of one phase."""

    ballots: int
    held: list[Held] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    nonsense: Counter[str] = field(default_factory=Counter)
    given_up: int = 0
    late: list[float] = field(default_factory=list)
    """By how much the sender itself was behind its plan, in seconds."""
    began_at: float = 0.0
    offered_seconds: float = 0.0
    receipted_seconds: float = 0.0


class Phones:
    """Every ballot is sent at its time; 429 is heeded."""

    def __init__(self, port: int, poll_id: str) -> None:
        self._path = f"/api/polls/{poll_id}/ballots"
        self._crowd = Crowd(port)
        self._dice = random.Random(6)

    async def offer(
        self, ballots: Sequence[dict[str, Any]], per_second: float, nonsense: Sequence[bytes], nonsense_per_second: float
    ) -> Offered:
        """All of it; returns when every phone has a receipt or gave up."""
        result = Offered(len(ballots))
        requests = [post(self._path, json.dumps(ballot).encode()) for ballot in ballots]
        bad = [post(self._path, body) for body in nonsense]
        result.began_at = began = time.perf_counter()
        tasks: list[asyncio.Task[None]] = []

        async def ballots_in_time() -> None:
            for at, (ballot, request) in enumerate(zip(ballots, requests, strict=True)):
                due = began + at / per_second
                await _until(due)
                result.late.append(time.perf_counter() - due)
                tasks.append(asyncio.create_task(self._hand_in(result, ballot, request, due)))
            result.offered_seconds = time.perf_counter() - began

        async def nonsense_in_time() -> None:
            for at, request in enumerate(bad):
                await _until(began + at / nonsense_per_second)
                tasks.append(asyncio.create_task(self._send_nonsense(result, request)))

        await asyncio.gather(ballots_in_time(), nonsense_in_time())
        await asyncio.gather(*tasks)
        result.receipted_seconds = time.perf_counter() - began
        self._crowd.close()
        return result

    async def _hand_in(self, result: Offered, ballot: dict[str, Any], request: bytes, due: float) -> None:
        address = NETWORKS[ballot["index"] % len(NETWORKS)]
        attempts = 0
        while time.perf_counter() - due < GIVE_UP_SECONDS:
            sent, attempts = time.perf_counter(), attempts + 1
            answer = await self._crowd.ask(address, request)
            result.answers[str(answer.status)] += 1
            if answer.status in {200, 201}:
                done = time.perf_counter()
                number = str(answer.json()["number"])
                marks = ballot["index"], ballot.get("choice", 0), ballot["sequence"]
                result.held.append(Held(*marks, number, done - due, attempts, done - sent))
                return
            if answer.status not in {0, 429, 503}:
                break
            if answer.status == 429 and answer.retry_after_seconds == 0:
                raise AssertionError("429 without Retry-After")
            await asyncio.sleep(max(1, answer.retry_after_seconds) + self._dice.random())  # as the server said
        result.given_up += 1

    async def _send_nonsense(self, result: Offered, request: bytes) -> None:
        answer = await self._crowd.ask(self._dice.choice(NONSENSE_NETWORKS), request)
        result.nonsense[str(answer.status)] += 1


async def _until(moment: float) -> None:
    left = moment - time.perf_counter()
    if left > 0:
        await asyncio.sleep(left)


def percentile_ms(seconds: Sequence[float], part: float) -> float:
    """A percentile in milliseconds; 0 of nothing."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1) if ordered else 0.0
