"""The master key wraps the data keys of stored references; it lies outside the database, so a copied database opens nothing."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
ID_BYTES = 8
NONCE_BYTES = 12


class DataKeyNotOpened(Exception):
    """A wrapped data key does not open: its master key is gone, or it was changed or moved to another lender."""


class RotationNotPossible(Exception):
    """There is no second master key to change to; the sentence says what to do."""


class MasterKeys(Protocol):
    """Wraps and unwraps data keys. A key management service or an HSM stands in here: the master key never has to enter this process."""

    def current_id(self) -> bytes:
        """8 bytes that name the master key used for wrapping now."""

    def wrap(self, data_key: bytes, place: bytes) -> bytes:
        """The data key for the database, beginning with the 8 bytes of its master key's id; `place` is authenticated with it."""

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """The data key. Raises: DataKeyNotOpened."""

    def begin_rotation(self) -> None:
        """From now on wrap with a new master key, while the former one still unwraps. Raises: RotationNotPossible."""

    def retire_former(self) -> list[bytes]:
        """Destroy every master key but the current one; their ids."""


@dataclass(frozen=True)
class LocalMasterKeys:
    """Master keys of this installation: from the settings, else in files of mode 600 beside the issuer's other secrets.

    The file is read at every use, so that a running service follows a rotation by the command line.
    """

    folder: Path
    given: bytes | None = field(default=None, repr=False)
    given_former: Sequence[bytes] = field(default=(), repr=False)

    @property
    def file(self) -> Path:
        """Where the current key lies when the settings give none."""
        return self.folder / "reference.key"

    @property
    def former_file(self) -> Path:
        """Where the key before lies while a rotation is under way."""
        return self.folder / "reference.key.former"

    def current(self) -> bytes:
        """The key used now, 32 bytes; for opening what an earlier version of the issuer sealed with it directly."""
        return self.given or bytes.fromhex(self.file.read_text("ascii").strip())

    def current_id(self) -> bytes:
        """See MasterKeys."""
        return key_id(self.current())

    def wrap(self, data_key: bytes, place: bytes) -> bytes:
        """id (8) ‖ nonce (12) ‖ AES-256-GCM of the data key (48)."""
        key, nonce = self.current(), os.urandom(NONCE_BYTES)
        return key_id(key) + nonce + AESGCM(key).encrypt(nonce, data_key, key_id(key) + place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """See MasterKeys."""
        named, nonce, sealed = wrapped[:ID_BYTES], wrapped[ID_BYTES : ID_BYTES + NONCE_BYTES], wrapped[ID_BYTES + NONCE_BYTES :]
        key = next((key for key in (self.current(), *self.former()) if key_id(key) == named), None)
        if key is None:
            raise DataKeyNotOpened(f"the master key {named.hex()} is not here")
        try:
            return AESGCM(key).decrypt(nonce, sealed, named + place)
        except (InvalidTag, ValueError) as error:
            raise DataKeyNotOpened("a wrapped data key was changed or moved") from error

    def former(self) -> list[bytes]:
        """Keys that still unwrap and wrap no more."""
        found = list(self.given_former)
        if self.former_file.exists():
            found.append(bytes.fromhex(self.former_file.read_text("ascii").strip()))
        return [key for key in found if key != self.current()]

    def begin_rotation(self) -> None:
        """Make a new key file and keep the old one beside it; a rotation that was broken off goes on with the key it made."""
        if self.former():
            return
        if self.given is not None:
            raise RotationNotPossible(
                "the master key comes from the settings: put a new one there and the old one into FORMER_REFERENCE_KEYS"
            )
        _write(self.former_file, self.current().hex())
        _write(self.file, secrets.token_hex(KEY_BYTES))

    def retire_former(self) -> list[bytes]:
        """Overwrite and remove the former key's file. Keys from the settings are removed there, by hand."""
        retired = [key_id(key) for key in self.former()]
        if self.former_file.exists():
            with self.former_file.open("r+b") as file:
                file.write(b"0" * (2 * KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            self.former_file.unlink()
        return retired


def key_id(key: bytes) -> bytes:
    """8 bytes that name a master key and say nothing about it."""
    return hashlib.sha256(b"LenderVote/1/master-key" + key).digest()[:ID_BYTES]


def _write(path: Path, text: str) -> None:
    """Whole or not at all, whatever breaks off."""
    partial = path.with_name(path.name + ".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
