"""Secrets are made once, kept from others, and refused when they are not what they should be."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from verifier.issuer.keys.keyring import KeyNotReadable, Keyring
from verifier.issuer.settings import IssuerSettings


def settings(folder: Path, **given: object) -> IssuerSettings:
    return IssuerSettings(_env_file=None, data_dir=folder / "issuer", **given)  # type: ignore[arg-type]


def test_secrets_are_made_at_first_start_for_their_owner_only_and_stay(tmp_path: Path) -> None:
    first, second = Keyring.open(settings(tmp_path)), Keyring.open(settings(tmp_path))
    assert first.signing.address == second.signing.address
    assert (first.operator_token, first.master_keys.current()) == (second.operator_token, second.master_keys.current())
    for name in ("issuer.key", "operator_token", "reference.key"):
        assert stat.S_IMODE((tmp_path / "issuer" / name).stat().st_mode) == 0o600
    assert first.operator_token not in repr(first)
    assert Keyring.open(settings(tmp_path / "elsewhere")).signing.address != first.signing.address


def test_a_given_key_is_used(tmp_path: Path) -> None:
    keyring = Keyring.open(settings(tmp_path, key=SecretStr("0x" + "00" * 31 + "01")))
    assert keyring.signing.address == "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
    assert not (tmp_path / "issuer" / "issuer.key").exists()


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Keyring.open(settings(tmp_path))
    (tmp_path / "issuer" / "issuer.key").chmod(0o644)
    with pytest.raises(KeyNotReadable, match="600"):
        Keyring.open(settings(tmp_path))


@pytest.mark.parametrize(
    "given",
    [
        {"key": SecretStr("zz" * 32)},
        {"key": SecretStr("11" * 31)},
        {"key": SecretStr("00" * 32)},
        {"key": SecretStr("ff" * 32)},
        {"reference_key": SecretStr("11" * 16)},
        {"reference_key": SecretStr("11" * 32), "former_reference_keys": [SecretStr("no key")]},
        {"operator_token": SecretStr("short")},
    ],
)
def test_a_secret_of_another_form_is_refused(tmp_path: Path, given: dict[str, SecretStr]) -> None:
    with pytest.raises(KeyNotReadable):
        Keyring.open(settings(tmp_path, **given))
