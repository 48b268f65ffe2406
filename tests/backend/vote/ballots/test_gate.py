"""The gate: bounded, cheap, and never shut to an address alone."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from backend.vote.ballots import gate
from backend.vote.ballots.gate import NONSENSE_ALLOWED, IntakeGate, Senders, network_of

PATH = "/api/polls/p/ballots"


class Inside:
    """An app that keeps everybody until it is told to answer."""

    def __init__(self) -> None:
        self.entered = 0
        self.answer = asyncio.Event()
        self.status = 201

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.entered += 1
        await self.answer.wait()
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def visit(door: IntakeGate, address: str = "10.0.0.1", path: str = PATH, method: str = "POST") -> dict[str, Any]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b"", "client": (address, 1)}
    await door(scope, None, send)  # type: ignore[arg-type]
    return sent[0] | {"body": sent[-1]["body"]}


def test_beyond_its_places_it_says_when_to_come_back_and_then_lets_in() -> None:
    async def story() -> None:
        inside = Inside()
        door = IntakeGate(inside, at_once=8)
        crowd = [asyncio.create_task(visit(door)) for _ in range(8)]
        await asyncio.sleep(0)
        refused = await visit(door)
        assert (refused["status"], inside.entered) == (429, 8)
        assert int(dict(refused["headers"])[b"retry-after"]) >= 1
        error = json.loads(refused["body"])["error"]
        assert error["code"] == "IntakeBusy"
        assert error["message_zh"]
        other_call = asyncio.create_task(visit(door, path="/api/receipts/x", method="GET"))
        inside.answer.set()
        assert {answer["status"] for answer in await asyncio.gather(*crowd, other_call)} == {201}
        assert (await visit(door))["status"] == 201

    asyncio.run(story())


def test_nonsense_from_a_shared_address_shuts_nobody_out_while_there_is_room() -> None:
    async def story() -> None:
        inside = Inside()
        inside.status = 422
        inside.answer.set()
        door = IntakeGate(inside, at_once=8)
        for _ in range(NONSENSE_ALLOWED + 5):
            assert (await visit(door, "10.0.0.1"))["status"] == 422
        assert (await visit(door, "10.0.0.1"))["status"] == 422, "let in: nobody else is there"
        inside.answer.clear()
        others = [asyncio.create_task(visit(door, "10.0.0.2")) for _ in range(4)]
        await asyncio.sleep(0)
        assert (await visit(door, "10.0.0.1"))["status"] == 429, "the first to wait"
        more = asyncio.create_task(visit(door, "10.0.0.3"))
        await asyncio.sleep(0)
        assert inside.entered == NONSENSE_ALLOWED + 6 + 5
        inside.answer.set()
        await asyncio.gather(*others, more)

    asyncio.run(story())


def test_honest_refusals_are_no_nonsense() -> None:
    async def story() -> None:
        inside = Inside()
        inside.status = 409
        inside.answer.set()
        door = IntakeGate(inside, at_once=8)
        for _ in range(3 * NONSENSE_ALLOWED):
            await visit(door)
        assert not door._senders.is_suspect("10.0.0.1")

    asyncio.run(story())


def test_nonsense_is_forgotten_and_the_book_of_it_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(gate, "ADDRESSES_KEPT", 3)
    senders = Senders()
    for _ in range(10 * NONSENSE_ALLOWED):
        senders.note_nonsense("a")
    assert senders.is_suspect("a")
    now[0] += 2 * NONSENSE_ALLOWED / gate.NONSENSE_FORGOTTEN_PER_SECOND
    assert not senders.is_suspect("a")
    for address in "abcdef":
        senders.note_nonsense(address)
    assert len(senders._seen) == 3


@pytest.mark.parametrize(
    ("host", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"), ("a:b", "a:b")],
)
def test_one_household_is_one_sender(host: str, network: str) -> None:
    assert network_of({"type": "http", "client": (host, 1)}) == network


def test_the_more_wait_the_longer_they_are_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    pace = gate.Pace()
    assert pace.turn_away(counted=True) == 1
    for _ in range(10):
        now[0] += 1
        for _ in range(100):
            pace.note_served()
        waits = [pace.turn_away(counted=True) for _ in range(400)]
    assert 5 <= sum(waits) / len(waits) <= gate.LONGEST_WAIT_SECONDS
    assert len(set(waits)) > 3, "spread"
    now[0] += 60  # quiet, then a crowd: it is told to wait for as long as it takes, not for as long as it was quiet
    for _ in range(200):
        pace.note_served()
    for _ in range(800):
        pace.turn_away(counted=True)
    now[0] += 1
    assert max(pace.turn_away(counted=True) for _ in range(100)) == 4
    now[0] += 60
    pace.note_served()
    assert pace.turn_away(counted=False) == 1
