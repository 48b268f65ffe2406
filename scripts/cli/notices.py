"""`lendervote notices`: the secret addresses at which providers report."""

from __future__ import annotations

import typer

from .ends import EndsInWords

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def notices() -> None:
    """Notices to lenders."""


@app.command()
def addresses() -> None:
    """Print where each provider of the file of gateways reports; each address is a secret of this installation and that provider."""
    from .installation import opened_rooms, told_settings

    site = told_settings().resolved_public_url
    with opened_rooms() as rooms:
        for name in sorted({line.gateway.name for line in rooms.notices.lines} - {"console"}):
            typer.echo(f"{name}: {site}/api/notices/reports/{name}/{rooms.notices.seal.report_token(name)}")
