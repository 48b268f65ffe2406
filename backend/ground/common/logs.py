"""Logs as one JSON object a line, with everything personal taken out before it is written."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import structlog

from backend.ground.common.repeats import Repeats

HIDDEN = "[hidden]"
#: Fields whose values are never written, whatever they hold.
PRIVATE_WORDS = (
    "name", "id_no", "id_number", "mobile", "phone", "account_no", "email", "address_text", "secret", "password", "token", "cookie", "key",
    "blind", "amount", "vector", "embedding", "template", "photo", "image", "frame", "code",
)  # fmt: skip
#: ... except these, which look like them and are needed.
PLAIN_WORDS = frozenset({"event", "level", "logger", "timestamp", "error_code", "logger_name", "file_name", "thread_name"})
_PATTERNS = (
    # Bound values of a database statement, up to the end of their brackets or of the line.
    (re.compile(r"\[parameters: .*?\](?=\n|$|\))", re.DOTALL), f"[parameters: {HIDDEN}]"),
    # What PostgreSQL says of a row that it refused: the row's values, to the end of the line.
    (re.compile(r"(?<=DETAIL:)[^\n]*"), f"  {HIDDEN}"),
    # Resident identity numbers, 18 and 15 digits, also full width; mobile numbers; bank cards; runs of floats (face vectors).
    (re.compile(r"(?<![0-9０-９a-fA-F])[1-9１-９][0-9０-９]{16}[0-9０-９XxＸｘ](?![0-9０-９a-fA-F])"), HIDDEN),
    (re.compile(r"(?<![0-9a-fA-F])[1-9][0-9]{14}(?![0-9a-fA-F])"), HIDDEN),
    (re.compile(r"(?<![0-9０-９a-fA-F])(?:\+?86[- ]?)?[1１][3-9３-９][0-9０-９]{9}(?![0-9０-９a-fA-F])"), HIDDEN),
    (re.compile(r"(?<![0-9a-fA-F])[3-6][0-9]{15,18}(?![0-9a-fA-F])"), HIDDEN),
    (re.compile(r"(?:-?\d+\.\d+(?:e-?\d+)?[,\s]+){7,}-?\d+\.\d+"), HIDDEN),
    # Text in quotes that is Chinese: our own sentences have none, a lender's name may.
    (re.compile(r"(['\"])[^'\"\n]*[\u3400-\u9fff\U00020000-\U000323af][^'\"\n]*\1"), HIDDEN),
    # A name of two to four characters (also with a middle dot) standing by itself; longer text is a sentence of ours.
    (re.compile(r"(?<![\u3400-\u9fff·])[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,8})?(?![\u3400-\u9fff·，。；：、（）])"), HIDDEN),
)


def redacted(text: str) -> str:
    """The text without what could name a person."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def redact(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A structlog processor: private fields are hidden, every text is searched."""
    return {name: HIDDEN if _is_private(name) else _clean(value) for name, value in line.items()}


def configure_logging(stream: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """Send every log of this process, those of libraries too, through the redaction; returns the handler."""
    before: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(Repeats())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "web3", "urllib3", "multipart"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # they write addresses and bodies
    for own in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(own).handlers[:] = []
        logging.getLogger(own).propagate = own != "uvicorn.access"
    return handler


def _is_private(name: str) -> bool:
    lower = name.lower()
    return lower not in PLAIN_WORDS and any(word in lower for word in PRIVATE_WORDS)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {name: HIDDEN if _is_private(str(name)) else _clean(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return HIDDEN if len(value) >= 8 and all(isinstance(item, float) for item in value) else [_clean(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redacted(str(value))
