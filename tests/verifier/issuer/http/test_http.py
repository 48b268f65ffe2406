"""What a client may send: bounds, one error shape, and never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.verifier.issuer.asking import OPERATOR, TOKEN
from tests.verifier.issuer.papers import IssuerPapers
from verifier.issuer.http.app import create_app
from verifier.issuer.http.bodies import FORM_BYTES, JSON_BYTES, BodyBounds
from verifier.issuer.settings import IssuerSettings


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[TestClient]:
    """An issuer whose node does not answer."""
    given_settings = IssuerSettings(
        _env_file=None,
        data_dir=tmp_path,
        cases="ab12 " * 8,
        rpc_urls="Court=http://127.0.0.1:1, Association=http://127.0.0.1:2",
        key=SecretStr("11" * 32),
        operator_token=SecretStr(TOKEN),
        allowed_origins=["https://vote.test"],
    )
    with TestClient(create_app(given_settings), raise_server_exceptions=False) as client:
        yield client


def code_of(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_identity_and_health(lonely: TestClient) -> None:
    assert lonely.get("/v1/identity").json() == {"address": "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a", "ways": {}}
    assert lonely.get("/healthz").json()["status"] == "ok"


def test_figures_are_for_this_machine_only_and_name_the_broken_rule(lonely: TestClient) -> None:
    near = TestClient(lonely.app, client=("127.0.0.1", 1))
    for _ in range(3):
        assert near.get("/v1/nothing").status_code == 404
    text = near.get("/metrics").text
    assert 'lendervote_issuer_refusals_total{rule="AddressUnknown"} 3.0' in text
    for name in ("lendervote_face_queue 0.0", "lendervote_faces_stored 0.0", "lendervote_face_places "):
        assert f"\n{name}" in text
    assert TestClient(lonely.app, client=("203.0.113.9", 1)).get("/metrics").status_code == 404


def test_a_silent_node_is_said_so(lonely: TestClient) -> None:
    body = {"poll": "0x" + "11" * 20, "entries": [{"index": 1, "ballot_key": "0x" + "22" * 20}]}
    answer = lonely.post("/v1/credential-lists", json=body, headers=OPERATOR)
    assert (answer.status_code, code_of(answer)) == (503, "ChainSilent")
    text = TestClient(lonely.app, client=("127.0.0.1", 1)).get("/metrics").text
    assert 'lendervote_issuer_node_left_out{organisation="Court"} 1.0' in text


def test_errors_speak_both_languages_in_one_shape(lonely: TestClient) -> None:
    chinese = lonely.post("/v1/credentials/vouched", json={})
    english = lonely.post("/v1/credentials/vouched", json={}, headers={"Accept-Language": "en-GB"})
    assert chinese.status_code == 422
    for answer in (chinese.json()["error"], english.json()["error"]):
        assert set(answer) == {"code", "message", "message_zh", "message_en", "details"}
        assert {"row", "field", "rule", "message_zh", "message_en"} == set(answer["details"]["rows"][0])
    assert chinese.json()["error"]["message"] == chinese.json()["error"]["message_zh"]
    assert english.json()["error"]["message"] == chinese.json()["error"]["message_en"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/v1/credentials/face", 405), ("PUT", "/v1/log", 405)]
)
def test_an_unknown_call_has_the_same_shape(lonely: TestClient, method: str, path: str, status: int) -> None:
    answer = lonely.request(method, path)
    assert (answer.status_code, code_of(answer)) == (status, "AddressUnknown")


def test_a_body_that_says_it_is_too_large_is_not_kept(lonely: TestClient) -> None:
    for path, limit in (("/v1/credentials/face", FORM_BYTES), ("/v1/references", FORM_BYTES), ("/v1/credentials/vouched", JSON_BYTES)):
        answer = lonely.post(path, content=b"x", headers={"Content-Length": str(limit + 1)})
        assert (answer.status_code, code_of(answer)) == (413, "BodyTooLarge")
    for wrong in ("-1", "1e9", "9" * 400):
        assert lonely.post("/v1/credentials/face", content=b"x", headers={"Content-Length": wrong}).status_code == 413


def test_a_body_that_does_not_say_its_size_is_counted(lonely: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"\0" * 64 * 1024

    answer = lonely.post("/v1/credentials/face", content=pieces(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (answer.status_code, code_of(answer)) == (413, "BodyTooLarge")


def test_the_voting_page_may_read_answers_and_others_may_not(lonely: TestClient) -> None:
    ours = lonely.post("/v1/credentials/face", content=b"", headers={"Origin": "https://vote.test", "Content-Length": str(FORM_BYTES + 1)})
    assert ours.headers["access-control-allow-origin"] == "https://vote.test"
    assert ours.headers["cache-control"] == "no-store"
    other = lonely.get("/v1/identity", headers={"Origin": "https://elsewhere.test"})
    assert "access-control-allow-origin" not in other.headers
    asking = {"Origin": "https://vote.test", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert lonely.options("/v1/credentials/face", headers=asking).status_code == 200


async def _never(*_: Any) -> None:
    raise AssertionError("the application was called")


def _ask(bounds: BodyBounds, pieces: list[bytes], *, then_wait: bool = False) -> dict[str, Any]:
    """Send pieces through the middleware by hand; the error answered."""
    import asyncio

    sent: list[Any] = []

    async def run() -> None:
        waiting = list(pieces)

        async def receive() -> Any:
            if not waiting and then_wait:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "path": "/v1/credentials/face", "headers": [], "query_string": b"", "method": "POST"}
        await bounds(scope, receive, send)

    # In a thread of its own: a browser test before this one leaves an event loop running here.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run()).result()
    error: dict[str, Any] = json.loads(sent[1]["body"])["error"]
    return error | {"status": sent[0]["status"]}


def test_a_body_that_never_ends_is_given_up() -> None:
    error = _ask(BodyBounds(_never, read_seconds=0.05), [b"x"], then_wait=True)
    assert (error["status"], error["code"]) == (408, "BodyTooSlow")


def test_all_bodies_together_are_bounded_and_given_back() -> None:
    bounds = BodyBounds(_never, total_bytes=1_000)
    for _ in range(2):
        error = _ask(bounds, [b"x" * 600, b"x" * 600])
        assert (error["status"], error["code"], error["details"]["retry_after_seconds"]) == (503, "FacesBusy", 10)
    assert bounds._in_hand == 0


JSON_HEADERS = {"Content-Type": "application/json"}
FIELDS = ["poll", "index", "ballot_key", "ticket"]
FILE_FIELDS = ["case", "register_number", "file_hash", "signers", "signatures", "said_at", "signature"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80) | st.just("0x" + "11" * 20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON, changes=st.dictionaries(st.sampled_from([*FIELDS, "vouchers", "entries", *FILE_FIELDS]), JSON))
def test_nothing_a_client_sends_is_a_500(client: TestClient, papers: IssuerPapers, body: Any, changes: dict[str, Any]) -> None:
    whole = papers.vouched(3) | {"entries": [{"index": 3, "ballot_key": papers.key_of(3)}]}
    whole |= {name: value for name, value in papers.signed_file(papers.identity_line(3, b"photo"))[0].items() if name != "poll"}
    for path in ("/v1/credentials/vouched", "/v1/credential-lists", "/v1/identity-files", "/v1/consents/withdrawal"):
        for sent in (body, whole | changes):
            answer = client.post(path, content=json.dumps(sent), headers=JSON_HEADERS)
            assert answer.status_code < 500, answer.text
    for query in ({"after": str(body)}, {"poll": str(body)}, {"poll": papers.address, "requested_at": str(body)}):
        for path in ("/v1/log", "/v1/log/entries", "/v1/declined"):
            for headers in ({}, OPERATOR, {"X-LenderVote-Signature": json.dumps(body)}):
                assert client.get(path, params=query, headers=headers).status_code < 500


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b'{"index": ' + b"9" * 10_000 + b"}", b"NaN", b'"\\ud800"']
)
@pytest.mark.parametrize("path", ["/v1/credentials/vouched", "/v1/credential-lists"])
def test_json_that_is_none_is_refused(lonely: TestClient, path: str, body: bytes) -> None:
    answer = lonely.post(path, content=body, headers=JSON_HEADERS)
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]["message_zh"]
