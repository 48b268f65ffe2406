"""How `lendervote` ends when something goes wrong: with a sentence in both languages and an exit status, never with a traceback.

1: refused, or something outside failed; 2: the command line is wrong (Typer's own); 70: a defect of ours; 130: interrupted.
"""

from __future__ import annotations

import errno
import os
from typing import Any

import typer
from typer.core import TyperGroup

#: Files and folders that commands make are their owner's alone.
PRIVATE = 0o077
REFUSED, DEFECT, INTERRUPTED = 1, 70, 130
_SYSTEM = {
    errno.ENOSPC: ("磁盘已满", "the disk is full"),
    errno.EFBIG: ("文件过大，或磁盘已满", "the file is too large, or the disk is full"),
    errno.EDQUOT: ("磁盘配额已用完", "the disk quota is used up"),
    errno.EACCES: ("没有权限", "permission is missing"),
    errno.EPERM: ("没有权限", "permission is missing"),
    errno.EROFS: ("磁盘只读", "the disk can only be read"),
    errno.ENOENT: ("文件或文件夹不存在", "there is no such file or folder"),
    errno.ENOTDIR: ("路径中有一段不是文件夹", "a part of the path is no folder"),
    errno.EISDIR: ("这是文件夹，不是文件", "this is a folder, not a file"),
    errno.EEXIST: ("已经存在", "it exists already"),
    errno.ENAMETOOLONG: ("名称过长", "the name is too long"),
}


class EndsInWords(TyperGroup):
    """A group of commands whose failures are sentences; `LENDERVOTE_DEBUG=1` shows a defect's traceback to whoever mends it."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Raises: typer.Exit."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("已中断；没有完成的部分已撤销。", "Interrupted; what was not finished was taken back.")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if type(error).__module__.startswith(("click", "typer")) or os.environ.get("LENDERVOTE_DEBUG"):
                raise
            _say(*_words(error))
            raise typer.Exit(DEFECT if _is_defect(error) else REFUSED) from None


def new_password(given: str) -> str:
    """A password that is to hold from now on, asked for twice where the environment has none; questions stay off standard output."""
    return given or typer.prompt(_PASSWORD, hide_input=True, confirmation_prompt="再输入一次 / Repeat it", err=True)


def known_password(given: str) -> str:
    """A password that holds already."""
    return given or typer.prompt(_PASSWORD, hide_input=True, err=True)


_PASSWORD = "密码 / Password"  # noqa: S105  the question


def plain_word(text: str) -> str:
    """A word of the command line, cleaned as all text is (protocol §18.1). Raises: typer.BadParameter."""
    from backend.ground.common.errors import BadInput
    from backend.ground.common.text import line

    try:
        return line(text, 200)
    except BadInput as error:
        raise typer.BadParameter(f"{error.say('zh')} / {error.say('en')}") from None


def _words(error: Exception) -> tuple[str, str]:
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from backend.ground.common.errors import LenderVoteError

    if isinstance(error, LenderVoteError):
        return error.say("zh"), error.say("en")
    if isinstance(error, OSError):
        zh, en = _SYSTEM.get(error.errno or 0, ("系统不能完成操作", error.strerror or type(error).__name__))
        where = os.fsencode(error.filename).decode("utf-8", "replace") if isinstance(error.filename, str | bytes | os.PathLike) else ""
        return f"{zh}：{where or error.strerror}", f"{en}: {where or error.strerror}"
    if isinstance(error, SQLAlchemyError):
        said = str(getattr(error, "orig", None) or error).strip().splitlines()
        return f"数据库不能完成操作：{said[0] if said else ''}", f"The database could not do this: {said[0] if said else ''}"
    if isinstance(error, ValidationError):
        names = "、".join(".".join(str(part) for part in each["loc"]) for each in error.errors())
        return f"以下设置无法读取：{names}", f"These settings cannot be read: {names}"
    return (
        f"系统出现意外情况（{type(error).__name__}）。设置 LENDERVOTE_DEBUG=1 后重新运行可以看到详情。",
        f"Something unexpected happened ({type(error).__name__}). Run it again with LENDERVOTE_DEBUG=1 to see more.",
    )


def _is_defect(error: Exception) -> bool:
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from backend.ground.common.errors import LenderVoteError

    return not isinstance(error, LenderVoteError | OSError | SQLAlchemyError | ValidationError)


def _say(zh: str, en: str) -> None:
    typer.echo(f"{zh}\n{en}", err=True)
