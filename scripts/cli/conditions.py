"""`lendervote condition`: prove that a condition about a small group holds, or does not; its total stays hidden (protocol §9.2)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.ground.common.errors import BadInput

from .ends import EndsInWords, plain_word

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
MOST_BYTES = 2**20


class ConditionUnreadable(BadInput):
    """The file is no condition."""

    zh = '{file} 不是条件文件。应为 JSON：{{"title", "plus", "minus", "at_least_fen"}}，金额以分为单位。'
    en = '{file} holds no condition: JSON of {{"title", "plus", "minus", "at_least_fen"}}, the amount in fen.'


@app.callback()
def _group() -> None:
    """Conditions about groups whose totals stay hidden."""


@app.command()
def prove(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help='JSON: {"title", "plus", "minus", "at_least_fen"}')],
    poll: Annotated[str, typer.Option(help="the poll's id", parser=plain_word)],
) -> None:
    """Prove whether the condition holds and publish that with the poll's files; no total is told. After the close."""
    from .installation import opened_rooms

    asked = _read(file)
    from backend.vote.tally.conditions import Condition

    condition = Condition(**asked)
    with opened_rooms() as rooms:
        rooms.chain.start(pump=False)
        holds = rooms.conditions.publish(poll, condition)
    words = ("成立", "holds") if holds else ("不成立", "does not hold")
    typer.echo(f"{condition.title}：{words[0]} / {words[1]}", err=True)
    typer.echo(json.dumps({"title": condition.title, "holds": holds}, ensure_ascii=False))


def _read(file: Path) -> dict[str, Any]:
    """Raises: ConditionUnreadable."""
    kinds = {"title": str, "plus": list, "minus": list, "at_least_fen": int}
    try:
        content: Any = json.loads(file.read_bytes()[:MOST_BYTES])
    except (ValueError, RecursionError) as error:
        raise ConditionUnreadable(file=file.name) from error
    fits = isinstance(content, dict) and content.keys() == kinds.keys()
    if not fits or any(type(content[key]) is not kind for key, kind in kinds.items()):
        raise ConditionUnreadable(file=file.name)
    if not all(isinstance(row, dict) for row in (*content["plus"], *content["minus"])):
        raise ConditionUnreadable(file=file.name)
    return dict(content)
