"""`lendervote`: run the service and look after it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import accounts, alarms, cases, conditions, flags, keeping, keys, notices, outlook, photos, register, successions
from .ends import PRIVATE, EndsInWords

main = typer.Typer(
    cls=EndsInWords, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="LenderVote 出借人投票表决系统"
)
main.add_typer(register.app, name="register", help="claims register: template, import, freeze, sample")
main.add_typer(conditions.app, name="condition", help="prove that a condition about a small group holds, and no amount")
main.add_typer(photos.app, name="photos", help="reference photos by claim number: check them, hand them to the identity verifier")
main.add_typer(accounts.app, name="account", help="accounts of officials and institutions")
main.add_typer(cases.app, name="case", help="cases: a sample file, checking it, opening it, fingerprints of open ones")
main.add_typer(successions.app, name="succession", help="who comes after a case's officials and institution")
main.add_typer(flags.app, name="flags", help="what looks odd in a register or a poll, for two officials to look at")
main.add_typer(outlook.app, name="outlook", help="forecast of a case's loan book, and its model card")
main.add_typer(notices.app, name="notices", help="where providers report")
main.add_typer(keys.app, name="key", help="signing keys of people, and the relay's address")
keeping.add_to(main)
alarms.add_to(main)


@main.command()
def serve() -> None:
    """Run the backend; starts a local chain when no RPC address is set."""
    import uvicorn

    from backend.app import create_app
    from backend.ground.common.logs import configure_logging
    from backend.ground.common.running import running
    from backend.shell.production import check_production

    from .installation import check_keys, has_database, told_settings

    configure_logging()
    os.umask(PRIVATE)
    settings = told_settings()
    check_production(settings)  # before anything is made
    with running(settings.data_dir):
        if has_database(settings):
            check_keys(settings)
        else:
            typer.echo("没有数据库，现在新建一个。 / There is no database; a new one is made.", err=True)
        # A thread that computes (the relay packs a batch) lets those that answer people go first after 1 ms instead of 5.
        sys.setswitchinterval(0.001)
        app = create_app(settings)
        typer.echo(f"服务地址 / serves http://{settings.host}:{settings.port}", err=True)
        uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", log_config=None)


@main.command()
def init() -> None:
    """Make the database and the keys of a new installation; refused where there is one."""
    from backend.app import open_rooms

    from .installation import InstallationThere, database_of, has_database, told_settings

    os.umask(PRIVATE)
    settings = told_settings()
    if has_database(settings):
        raise InstallationThere(database=database_of(settings))
    open_rooms(settings).engine.dispose()
    typer.echo(f"已新建 / made: {database_of(settings)}")


@main.command()
def demo(
    lenders: Annotated[int, typer.Option(help="how many lenders")] = 400,
    keep: Annotated[bool, typer.Option(help="leave the app running at the end")] = False,
) -> None:
    """Run a whole vote through the real API, contract and signatures."""
    from .installation import NeedsSources, checkout

    folder = checkout()
    if folder is None:
        raise NeedsSources
    words = ["-m", "scripts.demo", "--lenders", str(lenders), *(["--keep"] if keep else [])]
    raise typer.Exit(subprocess.run([sys.executable, *words], cwd=folder, check=False).returncode)


@main.command()
def rehearse(
    claims: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the real claims file; it is only read")],
    out: Annotated[Path, typer.Option(help="folder for the claims file and the case file")] = Path("rehearsal"),
    officials: Annotated[int, typer.Option(min=1, max=32, help="officials of the case")] = 3,
    threshold: Annotated[int, typer.Option(min=1, max=32, help="how many of them must sign")] = 2,
) -> None:
    """Write the files of a rehearsal in the shape of a real register, with invented people and amounts."""
    from .installation import NeedsSources, checkout

    folder = checkout()
    if folder is None:
        raise NeedsSources
    words = ["-m", "scripts.generate.likeness", str(claims.resolve()), "--out", str(out.resolve())]
    words += ["--officials", str(officials), "--threshold", str(threshold)]
    raise typer.Exit(subprocess.run([sys.executable, *words], cwd=folder, check=False).returncode)


@main.command()
def doctor(
    real: Annotated[bool, typer.Option("--real", help="what a real poll needs before it opens")] = False,
    chain: Annotated[str, typer.Option(help="try a node of any engine on what we rely on: its JSON-RPC address")] = "",
) -> None:
    """Look at what the service needs and say what is missing; exit 1 when anything is."""
    from . import chain_fitness, real_poll
    from . import doctor as usual

    if chain:
        raise typer.Exit(chain_fitness.examine(chain))
    raise typer.Exit(real_poll.examine() if real else usual.examine())


@main.command()
def evidence(
    rpc: Annotated[str, typer.Option(help="JSON-RPC address of a node")],
    published: Annotated[Path, typer.Option(help="folder with the published files of the poll")],
    out: Annotated[Path, typer.Option(help="archive to write")] = Path("evidence.zip"),
    certificate: Annotated[list[Path] | None, typer.Option(help="a certificate to put in; may be given again")] = None,
    chain: Annotated[str, typer.Option(help="by which rule the chain hashes: ethereum, kaia")] = "ethereum",
    validators: Annotated[Path | None, typer.Option(help="with --chain kaia: whose seals make blocks final")] = None,
    authority: Annotated[list[Path] | None, typer.Option(help="the root of an authority that stamps; may be given again")] = None,
) -> None:
    """Recount a poll and write all evidence about it into one archive."""
    from ..evidence.__main__ import main as write

    papers = [word for path in certificate or [] for word in ("--certificate", str(path))]
    papers += ["--chain", chain, *(["--validators", str(validators)] if validators else [])]
    papers += [word for path in authority or [] for word in ("--authority", str(path))]
    raise typer.Exit(write(["--rpc", rpc, "--published", str(published), "--out", str(out), *papers]))


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
def witness(context: typer.Context) -> None:
    """Follow a case's chain by nodes of your own, sign heads, alarm; `witness --help` says more, `new-key FILE`, `show FILE`."""
    from verifier.witness.__main__ import main as watch

    raise typer.Exit(watch(context.args))


if __name__ == "__main__":
    main()
