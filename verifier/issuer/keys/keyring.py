"""The issuer's three secrets: made at first start, readable by their owner only."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from verifier.issuer.copies import DATABASE
from verifier.issuer.keys.master_keys import LocalMasterKeys
from verifier.issuer.settings import IssuerSettings
from verifier.signing.secp256k1 import N, SigningKey

_NOBODY_ELSE = 0o077


class KeyNotReadable(Exception):
    """A secret from the settings or a file is not of its form, or others may read its file."""


@dataclass(frozen=True)
class Keyring:
    """`signing` makes credentials, `operator_token` lets references in, `master_keys` wrap the data keys that seal them."""

    signing: SigningKey
    operator_token: str = field(repr=False)
    master_keys: LocalMasterKeys = field(repr=False)
    seed: bytes = field(repr=False)

    def secret_for(self, purpose: str) -> bytes:
        """32 bytes of its own for one purpose, derived from the verifier's key."""
        return hmac.digest(self.seed, b"LenderVote/1/" + purpose.encode(), "sha256")

    def key_for_way(self, way: str) -> SigningKey:
        """The key that signs credentials of one way (protocol §15); another than the verifier's own, and than any other way's."""
        return SigningKey((int.from_bytes(self.secret_for("way/" + way), "big") % (N - 1) + 1).to_bytes(32, "big"))

    @classmethod
    def open(cls, settings: IssuerSettings) -> Keyring:
        """From the settings, else from files in data_dir; made there before there is a database, and never beside one.

        Raises: KeyNotReadable.
        """
        folder = settings.data_dir
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        missing = missing_keys(settings)
        if missing:
            raise KeyNotReadable(without_keys(missing))
        key = _thirty_two_bytes("issuer.key", _secret(settings.key, folder / "issuer.key", _new_key))
        reference_key = _secret(settings.reference_key, folder / "reference.key", lambda: secrets.token_hex(32))
        token = _secret(settings.operator_token, folder / "operator_token", lambda: secrets.token_urlsafe(32))
        if len(token) < 16:
            raise KeyNotReadable("operator_token has at least 16 characters")
        try:
            signing = SigningKey(key)
        except ValueError as error:
            raise KeyNotReadable("issuer.key is not a secp256k1 key") from error
        master = _thirty_two_bytes("reference.key", reference_key)
        former = [_thirty_two_bytes("a former reference key", each.get_secret_value()) for each in settings.former_reference_keys]
        given = master if settings.reference_key.get_secret_value().strip() else None
        return cls(signing, token, LocalMasterKeys(folder, given, former), key)


def missing_keys(settings: IssuerSettings) -> list[str]:
    """Names of the keys that a database was written with and that are not here: a new one would sign for no poll and open nothing."""
    if not (settings.data_dir / DATABASE).is_file():
        return []
    given = {"issuer.key": settings.key, "reference.key": settings.reference_key}
    return [name for name, key in given.items() if not key.get_secret_value().strip() and not (settings.data_dir / name).is_file()]


def without_keys(names: list[str]) -> str:
    """What to do about them, in both languages."""
    named = ", ".join(names)
    return (
        f"数据文件夹中有数据库，但缺少密钥：{named}。请从另行保存处放回数据文件夹（权限 600，属于本服务的用户）；不会另造新密钥。\n"
        f"The data folder has a database but lacks its keys: {named}. Put them back from where they are kept apart, into the data folder, "
        "mode 600, owned by the service's user; no new ones are made."
    )


def _new_key() -> str:
    return (secrets.randbelow(N - 1) + 1).to_bytes(32, "big").hex()


def _secret(given: SecretStr, path: Path, make: Callable[[], str]) -> str:
    text = given.get_secret_value().strip()
    return text or _read_or_make(path, make)


def _read_or_make(path: Path, make: Callable[[], str]) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if stat.S_IMODE(path.stat().st_mode) & _NOBODY_ELSE:
            raise KeyNotReadable(f"others may read {path.name}; set its mode to 600") from None
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w") as file:
        text = make()
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return text


def _thirty_two_bytes(name: str, text: str) -> bytes:
    try:
        value = bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise KeyNotReadable(f"{name} is not hexadecimal") from error
    if len(value) != 32:
        raise KeyNotReadable(f"{name} has 32 bytes, that is 64 hexadecimal digits")
    return value
