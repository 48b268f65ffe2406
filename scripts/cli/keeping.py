"""`lendervote backup`, `restore`, `replay`, `accept-chain`, `audit`, `retention`: keeping an installation whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="the copy's folder")]


def add_to(app: typer.Typer) -> None:
    """Put the commands beside the others."""
    for command in (backup, try_backup, restore, replay, accept_chain, audit, retention):
        app.command()(command)


def backup(
    folder: Folder,
    keep: Annotated[int, typer.Option(min=0, help="in a folder that exists: how many copies stay there; 0: all")] = 0,
) -> None:
    """Copy database and chain state; into a new folder, or dated into one that exists. The service may run."""
    from .backup import back_up, back_up_among
    from .installation import known_installation

    settings = known_installation()
    typer.echo(json.dumps(back_up_among(settings, folder, keep) if folder.is_dir() else back_up(settings, folder)))


def try_backup(folder: Folder) -> None:
    """Open a copy beside the running service, check that it is whole, and note that it was tried; nothing is replaced."""
    from .installation import known_installation
    from .trying import try_copy

    typer.echo(json.dumps(try_copy(known_installation(), folder)))


def restore(folder: Folder) -> None:
    """Put a copy in place of the present database and replay the journal; the service must not run."""
    from . import backup as copies
    from .installation import check_keys, told_settings

    settings = told_settings()
    typer.echo(json.dumps(copies.restore(settings, folder)))
    check_keys(settings)  # the copy is in its place, and opens only with them


def replay() -> None:
    """Put back receipted ballots that the database lacks, after it was restored by other means."""
    from . import backup as copies
    from .installation import known_installation

    typer.echo(json.dumps({"ballots_put_back": copies.replay(known_installation())}))


def accept_chain() -> None:
    """Go on with a chain that was rewritten below finality, after somebody has looked at it (see the runbook)."""
    from backend.ground.chain.errors import NoHalt
    from backend.ground.chain.mirror import Mirror
    from backend.ground.chain.nodes import open_node
    from backend.ground.db.sessions import open_engine, open_sessions

    from .installation import known_installation

    settings = known_installation()
    engine = open_engine(settings.resolved_database_url)
    # No node is asked: the running service goes on by itself when it reads the word.
    mirror = Mirror(open_node(settings.rpc_url or "http://127.0.0.1"), open_sessions(engine), settings.confirmations)
    try:
        typer.echo(json.dumps({"accepted_block": mirror.accept_rewrite()}))
    except NoHalt as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        engine.dispose()


def audit() -> None:
    """Check the officials' log: every row, its place, and the heads that stand on the chain. Exit 1 when anything is wrong."""
    from .audit import examine

    raise typer.Exit(examine())


def retention() -> None:
    """Delete phone codes and lists of like faces that are over, as the service does every hour. Faces: see the issuer's own command."""
    from backend.shell.retention import forget_round

    from .installation import opened_rooms

    with opened_rooms() as rooms:
        typer.echo(json.dumps(forget_round(rooms.credentials, rooms.likenesses, rooms.flags)))
