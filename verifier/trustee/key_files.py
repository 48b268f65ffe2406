"""A trustee's files: 32 secret bytes under a password (protocol §22.1)."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from verifier.shares.hashes import canonical_json, hex_of, keccak
from verifier.trustee import papers
from verifier.trustee.errors import FileDamaged, FileOfAnotherKind, PaperUnreadable, PasswordTooShort, WrongPassword
from verifier.trustee.papers import Paper

KEY, OPENING, ESCROW = "lendervote-trustee-key/1", "lendervote-trustee-opening/1", "lendervote-trustee-escrow/1"
ROUNDS, LEAST_PASSWORD = 600_000, 10
_MOST_ROUNDS = 10_000_000
_OF_ALL = frozenset({"case", "chain_id", "seat"})
_FIELDS = {KEY: _OF_ALL | {"ceremony", "dealt_roll", "given_up"}, ESCROW: _OF_ALL | {"register_number"}}
_FIELDS[OPENING] = _FIELDS[KEY]
_SALT, _NONCE, _TAG, SECRET_BYTES = 16, 12, 16, 32


@dataclass(frozen=True)
class Secret:
    """What a file holds; `about` are its public fields: case, chain_id, seat, and what its kind has besides."""

    kind: str
    about: Mapping[str, Any]
    secret: bytes = field(repr=False)

    def with_fields(self, **changed: Any) -> Secret:
        """The same secret under changed public fields."""
        return Secret(self.kind, {**self.about, **changed}, self.secret)


def password_bytes(password: str) -> bytes:
    """White space and width do not count (protocol §19)."""
    return "".join(unicodedata.normalize("NFKC", password).split()).encode("utf-8", "surrogatepass")


def sealed(held: Secret, password: str, salt: bytes = b"", nonce: bytes = b"") -> dict[str, Any]:
    """The file's content; salt and nonce are fresh unless a test names them. Raises: PasswordTooShort."""
    typed = password_bytes(password)
    if len(typed.decode("utf-8", "replace")) < LEAST_PASSWORD:
        raise PasswordTooShort(least=LEAST_PASSWORD)
    salt, nonce = salt or secrets.token_bytes(_SALT), nonce or secrets.token_bytes(_NONCE)
    head = {**held.about, "format": held.kind, "nonce": hex_of(nonce), "rounds": ROUNDS, "salt": hex_of(salt)}
    key = hashlib.pbkdf2_hmac("sha256", typed, salt, ROUNDS, 32)
    whole = {**head, "sealed": hex_of(AESGCM(key).encrypt(nonce, held.secret, canonical_json(head)))}
    return {**whole, "check": _check_of(whole)}


def opened(paper: Paper, kind: str, password: str) -> Secret:
    """Raises: FileDamaged, FileOfAnotherKind, WrongPassword, PaperUnreadable."""
    rest = {name: value for name, value in paper.value.items() if name != "check"}
    if not _check_of(rest) or paper.value.get("check") != _check_of(rest):
        raise FileDamaged(file=paper.name)
    if paper.text("format") != kind:
        raise FileOfAnotherKind(file=paper.name, found=paper.text("format"), expected=kind)
    salt, nonce, content = paper.data("salt", _SALT), paper.data("nonce", _NONCE), paper.data("sealed", SECRET_BYTES + _TAG)
    key = hashlib.pbkdf2_hmac("sha256", password_bytes(password), salt, paper.whole("rounds", ROUNDS, _MOST_ROUNDS), 32)
    head = {name: value for name, value in rest.items() if name != "sealed"}
    try:
        secret = AESGCM(key).decrypt(nonce, content, canonical_json(head))
    except InvalidTag as error:
        raise WrongPassword from error
    about = {name: value for name, value in head.items() if name not in {"format", "nonce", "rounds", "salt"}}
    if set(about) != _FIELDS[kind]:
        raise FileDamaged(file=paper.name)
    return Secret(kind, about, secret)


def read(path: Path, kind: str, password: str) -> Secret:
    """Raises: what `opened` raises; a file that is no JSON any more is damaged; FileNotRead."""
    try:
        paper = papers.read(path)
    except PaperUnreadable as error:
        raise FileDamaged(file=path.name) from error
    return opened(paper, kind, password)


def write(path: Path, held: Secret, password: str, *, anew: bool = False) -> None:
    """Written, and read back from the disk before anything else happens. Raises: FileExists, FileDamaged, PasswordTooShort."""
    papers.write(path, sealed(held, password), anew=anew)
    if read(path, held.kind, password) != held:
        raise FileDamaged(file=path.name)


def _check_of(content: Mapping[str, Any]) -> str:
    try:
        return hex_of(keccak(canonical_json(content)))
    except ValueError:  # what no file of ours holds
        return ""
