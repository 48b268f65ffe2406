"""The OpenAPI document: what FastAPI knows of the calls, the one error shape, and an example of each call.

The examples are in `api_examples.json`: calls and answers of a demo vote, cut short; those of
sealed polls and ceremonies show the form, with made-up values. `docs/openapi.json` is the document as it stands;
`python -m scripts.build.openapi` writes it again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

EXAMPLES = Path(__file__).with_name("api_examples.json")
_ERROR = {"$ref": "#/components/schemas/Error"}
_ROW = {
    "type": "object",
    "properties": {
        "row": {"type": "integer"},
        "cell": {"type": "string"},
        "field": {"type": "string"},
        "rule": {"type": "string"},
        "message_zh": {"type": "string"},
        "message_en": {"type": "string"},
    },
}
ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Every refusal: the broken rule's name, its sentence in the language asked for and in both, and the facts in it.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "message_zh", "message_en", "details"],
            "properties": {
                "code": {"type": "string", "description": "stable for programs"},
                "message": {"type": "string", "description": "by ?lang= or Accept-Language; Chinese by default"},
                "message_zh": {"type": "string"},
                "message_en": {"type": "string"},
                "details": {"type": "object", "properties": {"rows": {"type": "array", "items": _ROW}}, "additionalProperties": True},
            },
        }
    },
}
_FILES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    "{name}": "application/octet-stream",
    "/identity-file": "application/jsonl",
}


def install_document(app: FastAPI) -> None:
    """Have `/api/openapi.json` show examples and errors; to be called after all routers are in."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def load_examples() -> dict[str, dict[str, Any]]:
    """By `METHOD /path`: `status`, `request` (JSON body or null) and `response`."""
    examples: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text())
    return examples


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own shape, which no call answers with
        schemas.pop(name, None)
    schemas["Error"] = ERROR_SCHEMA
    examples = load_examples()
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            _show_errors(call)
            _show_file(path, call)
            _show_example(call, examples.get(f"{method.upper()} {path}", {}))
    return document


def _show_errors(call: dict[str, Any]) -> None:
    call["responses"].pop("422", None)
    words = {
        "4XX": "A broken rule: 401 nobody is signed in, 403 somebody else may do this, 404 there is no such thing, 409 not now, "
        "413 too large, 422 what was sent breaks a rule, 429 too often (Retry-After says how long to wait).",
        "503": "A required part does not answer; try again later.",
    }
    for status, description in words.items():
        call["responses"][status] = {"description": description, "content": {"application/json": {"schema": _ERROR}}}


def _show_file(path: str, call: dict[str, Any]) -> None:
    for ending, media_type in _FILES.items():
        if path.endswith(ending):
            call["responses"]["200"]["content"] = {media_type: {"schema": {"type": "string", "format": "binary"}}}


def _show_example(call: dict[str, Any], example: dict[str, Any]) -> None:
    body = call.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and example.get("request") is not None:
        body["example"] = example["request"]
    answer = call["responses"].get(str(example.get("status")), {}).get("content", {}).get("application/json")
    if answer is not None:
        answer["example"] = example["response"]
