"""`lendervote outlook`: the forecast of a case's loan book, and its model card. It needs the extra `outlook`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from .ends import EndsInWords, plain_word

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
CaseId = Annotated[str, typer.Option("--case", help="the case's id", parser=plain_word)]


@app.command()
def forecast(case_id: CaseId) -> None:
    """Forecast the newest loan book, write the hash into the log of official acts, and keep both; refused while a vote is open."""
    try:
        from backend.watch.outlook.models.running import run
    except ModuleNotFoundError as error:
        typer.echo("缺少可选部件：pip install 'lendervote[outlook]' / The optional part is not installed.", err=True)
        raise typer.Exit(1) from error
    from .installation import opened_rooms

    with opened_rooms() as rooms:
        rooms.outlook.require_thawed(case_id)
        book = rooms.outlook.book(case_id)
        kept = rooms.outlook.keep_forecast(case_id, book, run(book))
    told = {"hash": "0x" + kept.content_hash.hex(), "audit": kept.audit_number, "reason": kept.content["reason"]}
    result = kept.content["result"] or {}
    typer.echo(json.dumps(told | {name: result[name] for name in ("share_bps", "low_bps", "high_bps", "method") if name in result}))


@app.command()
def card(case_id: CaseId) -> None:
    """Print the newest forecast's model card as Markdown: data, hashes, date, scores, limits."""
    from backend.watch.outlook.card import model_card

    from .installation import opened_rooms

    with opened_rooms() as rooms:
        typer.echo(model_card(rooms.outlook.forecasts(case_id)))
