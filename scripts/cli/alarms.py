"""`lendervote alarms`: the working group's own alarms, which need neither database nor backend."""

from __future__ import annotations

import typer

_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def add_to(main: typer.Typer) -> None:
    """Add the command."""

    @main.command(context_settings=_PASSED_ON)
    def alarms(context: typer.Context) -> None:
        """The working group's own alarms: key, contacts, run (`lendervote alarms --help`)."""
        from verifier.alarms.__main__ import main as run

        raise typer.Exit(run(context.args))
