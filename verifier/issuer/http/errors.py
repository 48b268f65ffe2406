"""The one place where the issuer's errors become HTTP (docs/api.md, one error shape)."""

from __future__ import annotations

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from verifier.issuer.errors import AddressUnknown, BadInput, FieldsNotReadable, IssuerError, Unexpected
from verifier.issuer.http.language import language_of

log = logging.getLogger(__name__)


class _WholeCharacters(JSONResponse):
    """An answer that half a character somebody sent cannot break."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def answer(request: HTTPConnection, error: IssuerError, status: int | None = None) -> JSONResponse:
    """One error as JSON; counted by its rule for those who watch."""
    app = request.scope.get("app")
    if app is not None and hasattr(app.state, "refusals"):
        app.state.refusals.count(error.code)
    body = {
        "code": error.code,
        "message": error.say(language_of(request)),
        "message_zh": error.say("zh"),
        "message_en": error.say("en"),
        "details": {key: _plain(value) for key, value in error.facts.items()},
    }
    seconds = error.facts.get("retry_after_seconds")
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return _WholeCharacters({"error": body}, status_code=status or error.status, headers=headers)


def fields_not_readable(errors: list[Any]) -> FieldsNotReadable:
    """From what pydantic found; the values themselves are not repeated."""
    rows = [
        {
            "row": 0,
            "field": ".".join(str(part)[:80] for part in item["loc"][:10]),
            "rule": item["type"],
            "message_zh": item.get("ctx", {}).get("zh", "格式不对"),
            "message_en": item["msg"],
        }
        for item in errors
    ]
    return FieldsNotReadable(fields=", ".join(str(row["field"]) for row in rows[:10]), rows=rows[:50])


def install_error_handlers(app: FastAPI) -> None:
    """Every error leaves the app in one shape; a traceback goes to the log only."""

    @app.exception_handler(IssuerError)
    def rule_broken(request: Request, error: IssuerError) -> JSONResponse:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    def shape_wrong(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(request, fields_not_readable(list(error.errors())))

    @app.exception_handler(HTTPException)
    def framework_said(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code in {404, 405}:
            return answer(request, AddressUnknown(), error.status_code)
        return answer(request, BadInput(said=str(error.detail)), error.status_code)

    @app.exception_handler(Exception)
    def defect(request: Request, error: Exception) -> JSONResponse:
        log.error("defect in %s %s", request.method, request.url.path, exc_info=error)
        return answer(request, Unexpected())


def _plain(value: object) -> Any:
    if isinstance(value, str | int | bool) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)
