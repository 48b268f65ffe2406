"""Whoever watches is answered within a bound, however many nodes there are and however slow each of them is."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.app import create_app
from backend.ground.common.settings import Settings
from backend.shell import health
from backend.shell.looks import Looks
from tests.databases import url_for
from tests.rude_servers import serving

NODES, SLOW_SECONDS, BOUND_SECONDS = 5, 0.5, 0.8


def slow(method: str) -> Any:
    """What a node says, after a while that is not long enough for it to count as silent."""
    time.sleep(SLOW_SECONDS)
    if method == "eth_getBlockByNumber":
        return {"number": "0x5", "hash": "0x" + "11" * 32, "timestamp": "0x5"}
    return "0x1"


def test_n_slow_nodes_hold_it_up_no_longer_than_one_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LOOK_SECONDS", BOUND_SECONDS)
    with ExitStack() as stack:
        nodes = ",".join(f"house{i}={stack.enter_context(serving(slow))}" for i in range(NODES))
        app = create_app(Settings(data_dir=tmp_path, database_url=url_for(tmp_path / "db.sqlite3"), rpc_url=nodes, _env_file=None))
        began = time.monotonic()
        answer = TestClient(app, raise_server_exceptions=False).get("/readyz")
        assert time.monotonic() - began < NODES * SLOW_SECONDS - 0.5
        assert answer.status_code == 503
        assert f"chain: no answer within {BOUND_SECONDS:g} s" in answer.json()["faults"]
        app.state.services[Engine].dispose()


def test_whether_it_lives_is_answered_within_a_bound_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LOOK_SECONDS", SLOW_SECONDS / 5)
    with serving(slow) as node:
        app = create_app(Settings(data_dir=tmp_path, database_url=url_for(tmp_path / "db.sqlite3"), rpc_url=node, _env_file=None))
        answer = TestClient(app, raise_server_exceptions=False).get("/healthz")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "NodeNotAnswering")
        monkeypatch.setattr(health, "LOOK_SECONDS", 10.0)
        assert TestClient(app, raise_server_exceptions=False).get("/healthz").json() == {"status": "ok", "chain_time": 5}
        app.state.services[Engine].dispose()


def test_they_wait_side_by_side_and_pile_nothing_up() -> None:
    free, begun = threading.Event(), []

    def waits() -> list[str]:
        begun.append(threading.current_thread().name)
        free.wait(10)
        return ["late"]

    looks = Looks()
    asked = {"one": waits, "two": waits, "three": lambda: ["quick"]}
    began = time.monotonic()
    for _ in range(3):
        assert looks.within(0.1, asked) == ["one: no answer within 0.1 s", "two: no answer within 0.1 s", "quick"]
    assert time.monotonic() - began < 2
    assert len(begun) == 2
    free.set()
    assert looks.within(5, asked) == ["late", "late", "quick"]


def test_what_a_look_raises_is_raised() -> None:
    def broken() -> list[str]:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        Looks().within(5, {"broken": broken})
