"""The OpenAPI document: one error shape on every call, an example that fits, and no change unnoticed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.ground.common.settings import Settings
from backend.shell.document import load_examples
from scripts.build.openapi import SNAPSHOT, document

EXAMPLES = load_examples()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("document"), database_url="", _env_file=None))


@pytest.fixture(scope="module")
def calls(app: FastAPI) -> dict[str, dict[str, Any]]:
    paths = app.openapi()["paths"]
    return {f"{method.upper()} {path}": call for path, methods in paths.items() for method, call in methods.items()}


def test_the_snapshot_is_the_document_of_this_code() -> None:
    assert SNAPSHOT.read_text() == document(), "the API has changed: run `python -m scripts.build.openapi` and look at the difference"


def test_every_call_names_the_one_error_shape(calls: dict[str, dict[str, Any]]) -> None:
    for name, call in calls.items():
        for status in ("4XX", "503"):
            assert call["responses"][status]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}, name
        assert "422" not in call["responses"], name


def test_the_error_shape_is_what_the_service_answers(app: FastAPI) -> None:
    error = TestClient(app).get("/api/cases").json()["error"]
    shape = app.openapi()["components"]["schemas"]["Error"]["properties"]["error"]
    assert sorted(error) == sorted(shape["required"]) == sorted(shape["properties"])


def test_every_call_has_a_summary_and_an_example(calls: dict[str, dict[str, Any]]) -> None:
    for name, call in calls.items():
        assert call.get("description"), name
        body = call.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            assert "example" in body, name
        answers = [answer["content"]["application/json"] for status, answer in call["responses"].items()
                   if status.startswith("2") and "application/json" in answer.get("content", {})]  # fmt: skip
        for answer in answers:
            assert "example" in answer or name.endswith(("plan.json", "escrow.json", "{content_hash}.json")), name


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_one_that_the_call_takes_and_gives(app: FastAPI, calls: dict[str, dict[str, Any]], name: str) -> None:
    assert name in calls
    schemas = app.openapi()["components"]["schemas"]
    example = EXAMPLES[name]
    body = calls[name].get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and example["request"] is not None:
        check(example["request"], body["schema"], schemas, name)
    answer = calls[name]["responses"][str(example["status"])].get("content")
    if answer is None:
        assert example["response"] is None, name
    else:
        check(example["response"], answer["application/json"]["schema"], schemas, name)


def check(value: Any, schema: dict[str, Any], schemas: dict[str, Any], place: str) -> None:
    """As much of JSON Schema as the document uses."""
    if "$ref" in schema:
        check(value, schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, place)
    elif "anyOf" in schema:
        assert any(fits(value, each, schemas) for each in schema["anyOf"]), f"{place}: {value}"
    else:
        kinds = {"string": str, "integer": int, "boolean": bool, "null": type(None), "array": list, "object": dict}
        assert "type" not in schema or type(value) is kinds[schema["type"]], f"{place}: {value}"
        if isinstance(value, dict):
            known = schema.get("properties", {})
            assert set(schema.get("required", [])) <= set(value), f"{place}: {sorted(set(schema['required']) - set(value))} missing"
            if "additionalProperties" not in schema or schema["additionalProperties"] is False:
                assert not known or set(value) <= set(known), f"{place}: {sorted(set(value) - set(known))} too many"
            for key, each in value.items():
                if key in known:
                    check(each, known[key], schemas, f"{place}.{key}")
        if isinstance(value, list):
            for each in value:
                check(each, schema.get("items", {}), schemas, f"{place}[]")


def fits(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    try:
        check(value, schema, schemas, "")
    except AssertionError:
        return False
    return True


def test_examples_show_no_secret() -> None:
    given = [
        EXAMPLES["POST /api/accounts"]["response"],
        EXAMPLES["POST /api/account-changes/{change_id}/confirmation"]["response"]["secrets"],
        EXAMPLES["POST /api/session/second-factor"]["response"] | {"password": ""},
    ]
    for name in ("password", "totp_secret", "provisioning_uri"):
        assert all("DEMO" in each[name] for each in given if each[name]), name
    others = {name: example for name, example in EXAMPLES.items() if "/account" not in name and name != "POST /api/session/second-factor"}
    assert "totp" not in json.dumps(others, ensure_ascii=False)
    for name in ("POST /api/session", "POST /api/polls/{poll_id}/lender/session"):
        assert EXAMPLES[name]["response"]["csrf_token"] in {"the session's own token", None}
