"""What a ballot costs besides its rules: it is not held against every other route first, and its receipt takes no second thread."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match

from backend.app import create_app
from backend.ground.common.settings import Settings
from backend.ground.http.services import wire
from backend.vote.ballots.receipts import Receipt
from backend.vote.ballots.routes import router
from backend.vote.ballots.rules import SignedBallot
from backend.vote.ballots.service import BallotService

BALLOT = {
    "index": 3,
    "sequence": 1,
    "seal": "0x" + "12" * 32,
    "sealed_choice": "0x" + "34" * 8,
    "ballot_key": "0x" + "56" * 20,
    "ballot_signature": "0x" + "78" * 65,
    "credential_expires_at": 1_800_000_000,
    "credential_signature": "0x" + "9a" * 65,
}


class Intake(BallotService):
    """Receipts every ballot, and has nothing of what the service needs."""

    def __init__(self) -> None:
        self.taken: list[SignedBallot] = []

    def take(self, poll_id: str, ballot: SignedBallot) -> Receipt:
        self.taken.append(ballot)
        marks = ballot.ballot_key, ballot.index, ballot.sequence, datetime(2026, 5, 1, tzinfo=UTC)
        is_new = self.taken.count(ballot) == 1
        kept = {"status": "submitted", "reason": 0, "tx_hash": None, "block": None, "is_new": is_new, "sealed": ballot.sealed}
        return Receipt("ABCD", poll_id, bytes(32), *marks, place=None, signature="0x" + "00" * 65, **cast(Any, kept))


def tried(routes: list[BaseRoute], scope: dict[str, Any]) -> int:
    """How many routes are asked before the one that answers."""
    return next(at for at, route in enumerate(routes) if route.matches(dict(scope))[0] is Match.FULL)


def test_a_ballot_is_not_held_against_every_other_route(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, database_url="", _env_file=None))
    scope = {"type": "http", "method": "POST", "path": "/api/polls/abc/ballots", "root_path": "", "headers": [], "app": app}
    assert tried(app.router.routes, scope) <= 1  # the document of the API comes first


def test_a_receipt_takes_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()
    threads: list[Any] = []
    app.include_router(router)
    wire(app, Intake())

    async def counted(*arguments: Any, **named: Any) -> Any:
        threads.append(arguments[0])
        return await run_in_threadpool(*arguments, **named)

    monkeypatch.setattr("fastapi.routing.run_in_threadpool", counted)
    client = TestClient(app)
    first, again = (client.post("/api/polls/abc/ballots", json=BALLOT) for _ in range(2))
    assert (first.status_code, again.status_code, len(threads)) == (201, 200, 2)
    assert first.json() == again.json()
    assert first.headers["content-type"] == "application/json"
    assert {name: first.json()[name] for name in ("number", "seal", "sealed_choice", "received_at")} == {
        "number": "ABCD",
        "seal": BALLOT["seal"],
        "sealed_choice": BALLOT["sealed_choice"],
        "received_at": "2026-05-01T00:00:00Z",
    }
