"""`lendervote key`: signing keys of people who sign without a passkey, and the relay's address."""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.ground.common.errors import BadInput

from .ends import EndsInWords, known_password, new_password

if TYPE_CHECKING:
    from backend.ground.chain.purse import Purse
    from backend.ground.common.settings import Settings

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
#: PBKDF2-HMAC-SHA256; browsers count it themselves, in about half a second.
ROUNDS = 600_000
LEAST_PASSWORD = 12


class PasswordShort(BadInput):
    """The password of a key file is too short to protect it."""

    zh = "密钥文件的密码至少需要 {least} 个字符；没有生成文件。"
    en = "The password of a key file needs at least {least} characters; no file was made."


class KeyFileWrong(BadInput):
    """The file is no key file that `key make` writes."""

    zh = "这不是有密码保护的密钥文件：{path}"
    en = "This is no locked key file: {path}"


@app.command()
def make(
    file: Annotated[Path, typer.Argument(help="where to write the key file; it must not be there yet")],
    password: Annotated[str, typer.Option(callback=new_password, envvar="LENDERVOTE_KEY_PASSWORD", help="asked for when left out")] = "",
) -> None:
    """Make a signing key, locked with a password, and print its address, which goes into the case.

    The format is Web3 Secret Storage, version 3. Run it on the signer's own machine, not on the server.
    """
    from eth_account import Account

    if len(_normal(password)) < LEAST_PASSWORD:
        raise PasswordShort(least=LEAST_PASSWORD)
    account = Account.create()
    locked = Account.encrypt(account.key, _normal(password), kdf="pbkdf2", iterations=ROUNDS)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as target:
        json.dump(locked, target)
    typer.echo(json.dumps({"address": account.address.lower(), "file": str(file)}))


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="a locked key file")],
    password: Annotated[str, typer.Option(callback=known_password, envvar="LENDERVOTE_KEY_PASSWORD", help="asked for when left out")] = "",
) -> None:
    """Open a key file and print its address: the file is whole, and the password is right."""
    from eth_account import Account

    key = open_key_file(file, password)
    typer.echo(json.dumps({"address": Account.from_key(key).address.lower(), "file": str(file)}))


@app.command()
def relay() -> None:
    """Print the relay's address, its balance, the price of gas and its nonce: this account pays for what is sent."""
    from .installation import known_installation

    typer.echo(json.dumps(asdict(relay_purse(known_installation()))))


def open_key_file(file: Path, password: str) -> bytes:
    """The private key in a locked key file. Raises: KeyFileWrong."""
    from eth_account import Account

    try:
        content: dict[str, Any] = json.loads(file.read_text())
        return bytes(Account.decrypt(content, _normal(password)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFileWrong(path=file) from error


def relay_purse(settings: Settings) -> Purse:
    """What the relay's account holds; its key is made if there is none yet. Raises: KeyNotReadable, NodeNotAnswering."""
    from backend.ground.chain.nodes import open_node
    from backend.ground.chain.purse import read_purse
    from backend.ground.chain.signatures import address_of
    from backend.ground.common.key_files import load_key

    from .installation import beside_service

    key = load_key(settings.relay_key.get_secret_value(), settings.data_dir / "secrets", "relay.key")
    return read_purse(open_node(beside_service(settings).rpc_url), address_of(key))


def _normal(password: str) -> str:
    """One writing of it, whichever keyboard it was typed on; the page does the same."""
    return unicodedata.normalize("NFKC", password)
