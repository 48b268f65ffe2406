"""`lendervote account`: accounts of administrators, officials and institutions."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from .ends import EndsInWords, new_password, plain_word

if TYPE_CHECKING:
    from backend.people.accounts.service import AccountService
    from backend.people.administration.service import AccountState

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
#: What `list` says where there is no signer to show.
NONE_YET, NONE_NEEDED = "none yet", "none needed"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="user name", parser=plain_word)],
    role: Annotated[str, typer.Option(help="admin, official or institution", parser=plain_word)],
    password: Annotated[str, typer.Option(callback=new_password, envvar="LENDERVOTE_NEW_PASSWORD", help="asked for when left out")] = "",
    handed_over: Annotated[
        bool, typer.Option("--handed-over", help="somebody else's: they renew password and second factor at the first sign-in")
    ] = False,
    qr: Annotated[bool | None, typer.Option("--qr/--no-qr", help="draw the secret for a telephone; by default on a terminal only")] = None,
) -> None:
    """Create an account; prints what goes into the person's authenticator, once."""
    from backend.people.accounts.pictures import draw_on

    made = _open_accounts().create_account(name, role, password, handed_over=handed_over)
    if qr or (qr is None and sys.stderr.isatty()):
        draw_on(sys.stderr, made.provisioning_uri)
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
    """List the accounts, one JSON object a line, each with what it signs by."""
    from .installation import opened_rooms

    with opened_rooms() as rooms:
        for account in rooms.administration.list_registered():
            typer.echo(json.dumps(_line(account), ensure_ascii=False))


def _line(account: AccountState) -> dict[str, object]:
    """`signing` is passkey, key_file, or in words that there is none; `signer` the same address that a case carries."""
    from backend.people.accounts.visitor import ADMIN

    nothing = NONE_NEEDED if account.role == ADMIN else NONE_YET
    return {
        "id": account.id,
        "name": account.name,
        "role": account.role,
        "case_id": account.case_id,
        "disabled": account.disabled,
        "signing": account.signing.value or nothing,
        "signer": "0x" + account.signer.hex() if account.signer else nothing,
        "renewal_due": [part.value for part in account.renewal_due],
    }


def _open_accounts() -> AccountService:
    """The accounts of the installation that the settings name, without the other rooms, which take their time to load."""
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
