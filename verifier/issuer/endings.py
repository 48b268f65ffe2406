"""How a command of the issuer ends when something goes wrong: a sentence and an exit status, never a traceback."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable

from verifier.issuer.text import NotText, one_line

FAILED, INTERRUPTED = 1, 130
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_HEAD = re.compile(r"(\d{1,18}):(0x[0-9a-f]{64})")


def in_words(work: Callable[[], int], let_through: tuple[type[Exception], ...] = ()) -> int:
    """What the work answers, or the status for what broke it.

    Errors that the caller words itself go through; so does a defect with LENDERVOTE_DEBUG=1, for whoever repairs it.
    """
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from verifier.issuer.errors import IssuerError

    try:
        return work()
    except let_through:
        raise
    except KeyboardInterrupt:
        print("已中断。\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    except IssuerError as error:
        print(f"{error.say('zh')}\n{error.say('en')}", file=sys.stderr)
    except OSError as error:
        print(f"系统不能完成操作 / the system could not do this: {error.strerror or error} {error.filename or ''}".strip(), file=sys.stderr)
    except ValidationError as error:
        names = ", ".join(".".join(str(part) for part in each["loc"]) for each in error.errors())
        print(f"以下设置无法读取 / these settings cannot be read: {names}", file=sys.stderr)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()
        print(f"数据库不能完成操作 / the database could not do this: {said[0] if said else ''}", file=sys.stderr)
    except Exception as error:
        if os.environ.get("LENDERVOTE_DEBUG"):
            raise
        print(f"意外情况 / something unexpected happened: {type(error).__name__}; LENDERVOTE_DEBUG=1 shows more", file=sys.stderr)
    return FAILED


def address(text: str) -> str:
    """A contract's address. Raises: argparse.ArgumentTypeError."""
    try:
        said = one_line(text)
    except NotText:
        said = ""
    if not _ADDRESS.fullmatch(said):
        raise argparse.ArgumentTypeError("地址是 0x 和 40 位十六进制字符 / an address is 0x and 40 hexadecimal digits")
    return said


def noted_head(text: str) -> str:
    """A head of the log as it was noted. Raises: argparse.ArgumentTypeError."""
    if not _HEAD.fullmatch(text):
        raise argparse.ArgumentTypeError("应为 序号:0x数字指纹 / SEQ:0xHASH is asked for")
    return text
