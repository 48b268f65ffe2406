"""What nothing can hold, on every entrance of the whole service: path, query, body, form. On PostgreSQL a NUL would be a defect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.app import create_app
from backend.ground.common.settings import Settings
from tests.databases import url_for

#: A NUL, half a character, one that will never be one, a private one; as UTF-8 or what passes for it, escaped.
NOT_TEXT = ("%00", "%ED%A0%80", "%EF%BF%BE", "%EE%80%80", "%F3%B0%80%80", "%1B", "%C2%9B", "%FF", "%C0%80")
PATHS = (
    "/api/polls/{}", "/api/polls/a{}b/result", "/api/cases/{}", "/api/plans/{}/plan.pdf", "/api/receipts/{}", "/{}", "/static/{}",
    "/polls/{}/ballot",
)  # fmt: skip
QUERIES = ("/api/polls?case_id={}", "/api/polls?case_id=a{}", "/api/rules?{}=1", "/?lang={}", "/api/register/template.xlsx?x={}")
SIGN_IN = '{{"name": "a{0}", "password": "x{0}", "code": "1{0}"}}'


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole service over a database of its own; its chain is not running."""
    folder = tmp_path_factory.mktemp("addresses")
    made: FastAPI = create_app(Settings(data_dir=folder, database_url=url_for(Path(folder) / "db.sqlite3"), anvil_port=9, _env_file=None))
    yield TestClient(made, raise_server_exceptions=False, client=("127.0.0.1", 1))
    made.state.services[Engine].dispose()


def refused(answer: Any) -> str:
    """The rule's name, of an answer that says in both languages what is wrong."""
    error = answer.json()["error"]
    assert error["message_zh"]
    assert error["message_en"]
    return str(error["code"])


@pytest.mark.parametrize("sign", NOT_TEXT)
@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_is_no_text_does_not_exist(browser: TestClient, path: str, sign: str) -> None:
    answer = browser.get(path.format(sign))
    assert answer.status_code == 404
    if path.startswith("/api/"):
        assert refused(answer) in {"AddressUnknown", "PollUnknown", "CaseUnknown", "PlanUnknown", "ReceiptUnknown"}


@pytest.mark.parametrize("sign", NOT_TEXT)
@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_is_no_text_is_refused(browser: TestClient, query: str, sign: str) -> None:
    assert browser.get(query.format(sign)).status_code == 422


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800", "\\ufffe", "\\ue000", "\\u001b", "\\udbc0\\udc00"])
def test_a_body_that_is_no_text_is_refused(browser: TestClient, sign: str) -> None:
    content = SIGN_IN.format(sign)
    answer = browser.post("/api/session", content=content.encode(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, refused(answer)) == (422, "FieldsNotReadable")


@pytest.mark.parametrize("mark", ["%E2%80%AE", "%E2%81%A6", "%E3%85%A4", "%F3%A0%81%81", "%EF%BB%BF", "%C2%AD"])
def test_marks_that_nobody_sees_are_no_part_of_an_address(browser: TestClient, mark: str) -> None:
    assert browser.get(f"/api/ru{mark}les").status_code == 200
    assert browser.get(f"/api/polls?case_id={mark}").json() == browser.get("/api/polls?case_id=").json()
