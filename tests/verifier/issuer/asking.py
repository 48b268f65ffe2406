"""What tests ask the issuer as its operator."""

from __future__ import annotations

from typing import Any, cast

import httpx
from fastapi.testclient import TestClient

from tests.verifier.issuer.papers import IssuerPapers
from verifier.issuer.bindings.file import Line

TOKEN = "the operator's token, for tests"
OPERATOR = {"Authorization": f"Bearer {TOKEN}"}


def as_client(client: TestClient) -> httpx.Client:
    """For code that asks over HTTP: the test client is one of httpx2, which asks and answers as httpx does."""
    return cast(httpx.Client, client)


def whole_log(client: Any, **params: Any) -> dict[str, Any]:
    """Entries and head."""
    answer = client.get("/v1/log/entries", headers=OPERATOR, params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def log_of(client: Any, **params: Any) -> list[dict[str, Any]]:
    """The entries, without what says which poll is believed and why, what compares its faces, and which file binds them."""
    return [entry for entry in whole_log(client, **params)["entries"] if entry["kind"] not in {"roots", "face_model", "identity_file"}]


def hand_in(client: TestClient, papers: IssuerPapers, *lines: Line) -> None:
    """An identity file that two officials signed."""
    said, data = papers.signed_file(*lines)
    answer = client.post("/v1/identity-files", json=said)
    assert answer.status_code == 202, answer.text
    answer = client.put(f"/v1/identity-files/{said['file_hash']}", content=data)
    assert (answer.status_code, answer.json()["lenders"]) == (200, len(lines)), answer.text


def bind(client: TestClient, papers: IssuerPapers, index: int, photo: bytes) -> None:
    """A new identity file that binds this photo, too."""
    before = papers.bound.setdefault(index, [])
    if photo not in before:
        before.append(photo)
        del before[1 : max(1, len(before) - 4)]  # five at most, the first among them
        hand_in(client, papers, *(papers.identity_line(each, *photos) for each, photos in papers.bound.items()))


def code_of(answer: Any) -> str:
    """The rule that was broken, said in both languages."""
    body = answer.json()["error"]
    assert body["message_zh"]
    assert body["message_en"]
    return str(body["code"])
