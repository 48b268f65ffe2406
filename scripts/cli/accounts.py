"""`lendervote account`: accounts of administrators, officials and institutions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from .ends import EndsInWords, plain_word

if TYPE_CHECKING:
    from backend.people.accounts.service import AccountService

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="user name", parser=plain_word)],
    role: Annotated[str, typer.Option(help="admin, official or institution", parser=plain_word)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="LENDERVOTE_NEW_PASSWORD")],
) -> None:
    """Create an account; prints what goes into the person's authenticator, once."""
    made = _open_accounts().create_account(name, role, password)
    typer.echo(
        json.dumps(
            {
                "id": made.id,
                "name": made.name,
                "role": made.role,
                "provisioning_uri": made.provisioning_uri,
                "totp_secret": made.totp_secret,
            },
            ensure_ascii=False,
        )
    )


@app.command("list")
def list_() -> None:
    """List the accounts, one JSON object a line."""
    for account in _open_accounts().list_accounts():
        signer = "0x" + account.signer.hex() if account.signer else None
        typer.echo(
            json.dumps(
                {"id": account.id, "name": account.name, "role": account.role, "case_id": account.case_id, "signer": signer},
                ensure_ascii=False,
            )
        )


def _open_accounts() -> AccountService:
    """The accounts of the installation that the settings name; brings its database up to date first."""
    from backend.ground.common.key_files import load_key
    from backend.ground.common.sealed import FieldCipher
    from backend.ground.db.schema import upgrade
    from backend.ground.db.sessions import open_engine, open_sessions
    from backend.people.accounts.service import AccountService

    from .installation import known_installation

    settings = known_installation()
    engine = open_engine(settings.resolved_database_url)
    upgrade(engine)
    key = load_key(settings.field_key.get_secret_value(), settings.data_dir / "secrets", "field.key")
    return AccountService(open_sessions(engine), FieldCipher(key))
