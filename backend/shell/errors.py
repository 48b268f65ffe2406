"""The one place where errors become HTTP."""

from __future__ import annotations

import errno
import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from backend.ground.common.errors import (
    BadInput,
    LenderVoteError,
    NotFound,
    TooMany,
    Unavailable,
)
from backend.ground.common.refusals import REFUSALS
from backend.ground.http.language import language_of
from backend.ground.http.status import status_of

log = logging.getLogger(__name__)


class FieldsNotReadable(BadInput):
    """The request's fields do not have the shape that the documentation gives."""

    zh = "提交的字段不完整或格式不对：{fields}。"
    en = "Fields are missing or in the wrong form: {fields}."


class AddressUnknown(NotFound):
    """No page or call has this address and method."""

    zh = "没有这个地址，或不支持这种请求方式。"
    en = "There is no such address, or it does not accept this kind of request."


class StorageFull(Unavailable):
    """The machine has no room left; nothing half-written stays."""

    zh = "服务器存储空间不足，本次操作没有保存。请稍后再试，并请管理员清理磁盘。"
    en = "The server has no storage left, and nothing of this was saved. Try again later, and ask the administrator to free space."


class Unexpected(Unavailable):
    """A defect of ours; the log has it under the number given."""

    zh = "系统出现意外情况，已记录。投票的，看到回执编号才算投了票。请稍后再试，或拨打服务热线。"
    en = (
        "Something unexpected happened and was recorded. You have voted only once you see a receipt number. "
        "Try again or call the help line."
    )


def answer(request: Request, error: LenderVoteError, status: int | None = None) -> JSONResponse:
    """The one error shape (docs/api.md)."""
    REFUSALS.note(error.code)
    details: dict[str, Any] = {key: _plain(value) for key, value in error.facts.items()}
    body = {
        "code": error.code,
        "message": error.say(language_of(request)),
        "message_zh": error.say("zh"),
        "message_en": error.say("en"),
        "details": details,
    }
    headers = {}
    if isinstance(error, TooMany) or "retry_after_seconds" in error.facts:
        headers["Retry-After"] = str(error.facts.get("retry_after_seconds", 60))
    return _WholeCharacters({"error": body}, status_code=status or status_of(error), headers=headers)


class _WholeCharacters(JSONResponse):
    """JSON in which half a character that somebody sent cannot break the answer about it."""

    def render(self, content: Any) -> bytes:
        """UTF-8."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _row(item: Any) -> dict[str, str]:
    said = item.get("ctx", {}).get("zh", "格式不对")
    field = ".".join(str(part)[:80] for part in item["loc"][:10])
    return {"field": field, "rule": item["type"], "message_zh": said, "message_en": item["msg"]}


def _plain(value: object) -> Any:
    if isinstance(value, str | int | bool) or value is None:
        return value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)


def _is_full(error: OSError | OperationalError) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return any(words in str(error.orig) for words in ("disk is full", "No space left on device"))


def install_error_handlers(app: FastAPI) -> None:
    """Every error leaves the app in one shape; a traceback goes to the log only."""

    @app.exception_handler(LenderVoteError)
    def rule_broken(request: Request, error: LenderVoteError) -> JSONResponse:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    def shape_wrong(request: Request, error: RequestValidationError) -> JSONResponse:
        rows = [_row(item) for item in error.errors()]
        fields = ", ".join(row["field"] for row in rows[:10])
        return answer(request, FieldsNotReadable(fields=fields, rows=rows[:50]))

    @app.exception_handler(HTTPException)
    def framework_said(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code in {404, 405}:
            return answer(request, AddressUnknown(), error.status_code)
        return answer(request, BadInput(said=str(error.detail)), error.status_code)

    @app.exception_handler(OSError)
    @app.exception_handler(OperationalError)
    def machine_said(request: Request, error: OSError | OperationalError) -> JSONResponse:
        if _is_full(error):
            log.error("no room left in %s %s: %s", request.method, request.url.path, error)
            return answer(request, StorageFull())
        return defect(request, error)

    @app.exception_handler(Exception)
    def defect(request: Request, error: Exception) -> JSONResponse:
        log.error("defect in %s %s", request.method, request.url.path, exc_info=error)
        return answer(request, Unexpected(), 500)
