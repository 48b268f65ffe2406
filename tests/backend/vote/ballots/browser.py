"""Who comes to the test world over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
from fastapi.testclient import TestClient

from backend.vote.polls.views import PollView

if TYPE_CHECKING:
    from tests.backend.vote.ballots.world import World


class Browser:
    """A visitor of the HTTP API with cookie and CSRF token."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = TestClient(world.app(), raise_server_exceptions=False)

    def get(self, path: str) -> httpx2.Response:
        return self.http.get(path)

    def post(self, path: str, body: Any = None) -> httpx2.Response:
        return self.http.post(path, json=body)

    def sign_in(self, name: str) -> Browser:
        """A member's session, opened past password and code, which have tests of their own."""
        with self.world.sessions.begin() as session:
            opened = self.world.accounts._open(session, self.world.members[name], timedelta(hours=1))
        return self._use(opened.token, opened.csrf_token)

    def sign_in_lender(self, poll: PollView, index: int) -> Browser:
        opened = self.world.accounts.open_lender_session(poll.case_id, poll.id, index, "某某")
        return self._use(opened.token, opened.csrf_token)

    def _use(self, token: str, csrf: str) -> Browser:
        self.http.cookies.set("lendervote_session", token)
        self.http.headers["X-CSRF-Token"] = csrf
        return self

    def codes(self) -> list[dict[str, str]]:
        path = self.world.folder / "outbox" / "sms.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
