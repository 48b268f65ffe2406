"""`lendervote flags`: write the rules down before a poll opens, and look at a register or a poll by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .ends import EndsInWords, plain_word

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
Case = Annotated[str, typer.Option("--case", help="the case's id: look at its newest import", parser=plain_word)]
Poll = Annotated[str, typer.Option("--poll", help="the poll's id: look at its ballots and the officials' way", parser=plain_word)]
Beside = Annotated[
    Path | None, typer.Option("--beside", help="with --case: cards, addresses, devices, paid in and out by claim number", exists=True)
]
Log = Annotated[Path | None, typer.Option("--verifier-log", help="with --poll: the verifier's log as it exports it", exists=True)]


@app.command()
def anchor() -> None:
    """Write the rules' hash into the log of official acts; a poll that opened before is not looked at by them."""
    from .installation import opened_rooms

    with opened_rooms() as rooms:
        hashed, number = rooms.flags.anchor()
    typer.echo(json.dumps({"audit": number, "rules": "0x" + hashed.hex()}))


@app.command()
def run(case_id: Case = "", poll_id: Poll = "", beside: Beside = None, verifier_log: Log = None) -> None:
    """Look, and put what was found with as many unflagged ones as make a fifth into the officials' queue. No vote is touched."""
    if bool(case_id) == bool(poll_id):
        raise typer.BadParameter("--case / --poll")
    from .installation import opened_rooms

    with opened_rooms() as rooms:
        made = rooms.flags.run_case(case_id, beside) if case_id else rooms.flags.run_poll(poll_id, verifier_log)
    hashes = {"data": made.data_hash, "rules": made.rules_hash, "seed": made.seed}
    told = {name: "0x" + value.hex() for name, value in hashes.items()}
    typer.echo(json.dumps({"audit": made.audit_number, "controls": made.controls, "flagged": made.flagged} | told))
