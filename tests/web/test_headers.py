"""Security headers on every answer, the one for a defect included."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient

from backend.ground.common.settings import Settings
from backend.shell.errors import install_error_handlers
from backend.web.headers import content_policy, install_security_headers, origin_of


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/page")
    def page() -> HTMLResponse:
        return HTMLResponse("<p>here</p>", headers={"Cache-Control": "public, max-age=60"})

    @app.get("/defect")
    def defect() -> None:
        raise RuntimeError("a defect")

    install_error_handlers(app)
    install_security_headers(app, Settings(_env_file=None, public_verifier_url="https://verifier.example/base"))
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(("path", "status"), [("/page", 200), ("/nowhere", 404), ("/defect", 500)])
def test_every_answer_carries_them(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["permissions-policy"].startswith("camera=(self)")
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_route_keeps_the_caching_it_asked_for_and_the_others_are_kept_by_nobody(client: TestClient) -> None:
    assert client.get("/page").headers["cache-control"] == "public, max-age=60"
    assert client.get("/nowhere").headers["cache-control"] == "no-store"


def test_connections_go_here_and_to_the_verifier_only(client: TestClient) -> None:
    policy = client.get("/page").headers["content-security-policy"]
    assert "connect-src 'self' https://verifier.example;" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_an_address_without_a_host_adds_nothing_to_the_policy() -> None:
    assert origin_of("javascript:alert(1)") == ""
    assert re.search(r"connect-src 'self';", content_policy(Settings(_env_file=None, verifier_url="")))


def test_strict_transport_is_asked_for_only_behind_https() -> None:
    app = FastAPI()
    install_security_headers(app, Settings(_env_file=None, secure_cookies=True))
    assert "strict-transport-security" in TestClient(app).get("/x").headers
