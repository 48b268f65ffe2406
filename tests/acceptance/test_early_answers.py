"""An answer that comes before the body was read arrives all the same: a connection that breaks while a file is sent says nothing."""

from __future__ import annotations

import asyncio
import json

import pytest

from scripts.fuzz.wire import Answer, Sent, ask
from tests.e2e.stack import OpenVote

MB = 2**20
TYPE = ("Content-Type", "application/json")
FORM = ("Content-Type", "multipart/form-data; boundary=x")


def answer_of(url: str, sent: Sent) -> Answer:
    return asyncio.run(ask(int(url.rpartition(":")[2]), sent, "127.0.0.1"))


@pytest.mark.parametrize(
    ("service", "sent", "status"),
    [
        ("backend", Sent("DELETE", "/api/rules", (TYPE,), b" " * MB), 405),
        ("backend", Sent("POST", "/api/polls/%00/ballots", (TYPE,), b" " * MB), 404),
        ("backend", Sent("POST", "/api/polls/a/ballots?x=%00", (TYPE,), b" " * MB), 422),
        ("backend", Sent("POST", "/api/nowhere", (TYPE,), b" " * (30 * MB)), 413),
        ("backend", Sent("POST", "/api/session", (TYPE,), b'"' + b" " * (8 * MB)), 413),
        ("issuer", Sent("DELETE", "/v1/log", (TYPE,), b" " * (MB // 3)), 405),
        ("issuer", Sent("POST", "/v1/sessions/%00/frames", (FORM,), b" " * (MB // 3)), 404),
        ("issuer", Sent("POST", "/v1/references?x=%00", (FORM,), b" " * (3 * MB)), 422),
        ("issuer", Sent("POST", "/v1/nowhere", (TYPE,), b" " * (30 * MB)), 413),
    ],
    ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Sent) else str(value),
)
def test_whoever_is_refused_while_sending_hears_why(vote: OpenVote, service: str, sent: Sent, status: int) -> None:
    url = vote.url if service == "backend" else vote.stack.issuer_url
    for _ in range(5):  # which of the two comes first hangs on chance
        answer = answer_of(url, sent)
        assert answer.status == status
        assert json.loads(answer.body)["error"]["message_zh"]


def test_whoever_asks_before_sending_is_not_waited_for(vote: OpenVote) -> None:
    answer = answer_of(vote.url, Sent("POST", "/api/nowhere", (("Expect", "100-continue"), TYPE), b"", length=100 * MB))
    assert answer.status == 413
    assert answer.seconds < 2
