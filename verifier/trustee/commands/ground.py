"""What the commands share: passwords, outcomes, names of files, papers that several of them read."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verifier.shares.hashes import hex_of, word
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee import key_files, papers
from verifier.trustee.errors import CalledWrongly, CeremonyVoid, FileNotRead, IdentityKeyWrong, NotDealtYet, PaperUnreadable, RollChanged
from verifier.trustee.key_files import Secret
from verifier.trustee.papers import Paper
from verifier.trustee.roll import Ceremony, OwnKeys, Roll, appointed_from, check_file

PASSWORD_VARIABLE = "LENDERVOTE_TRUSTEE_PASSWORD"  # noqa: S105 the variable's name, not what is in it
_LONGEST_PASSWORD = 1_000


@dataclass(frozen=True)
class Outcome:
    """What a person reads, and the same for programs."""

    zh: str
    en: str
    facts: dict[str, Any] = field(default_factory=dict)


def password_of(given: argparse.Namespace, *, anew: bool = False) -> str:
    """From a file, the environment or the keyboard, there twice when it is new. Raises: CalledWrongly, FileNotRead."""
    if given.password_file is not None:
        return papers.first_bytes(given.password_file, _LONGEST_PASSWORD).decode("utf-8", "replace")
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    try:
        typed = getpass.getpass("密码 / Password: ")
        if anew and getpass.getpass("再输入一次 / Once more: ") != typed:
            raise CalledWrongly(message="两次密码不同 / the two passwords differ")
    except EOFError as error:
        raise CalledWrongly(message="没有输入密码 / no password was given") from error
    return typed


def identity_of(given: argparse.Namespace) -> SigningKey | None:
    """The plain key of the seat's identity, when it is here. Raises: PaperUnreadable, FileNotRead."""
    if given.identity_key is None:
        return None
    text = papers.first_bytes(given.identity_key, 200).decode("utf-8", "replace").strip().removeprefix("0x")
    try:
        return SigningKey(bytes.fromhex(text))
    except ValueError as error:
        raise PaperUnreadable(file=given.identity_key.name, field="private key") from error


def signed_by_identity(identity: SigningKey | None, signer: bytes | None, digest: bytes, seat: int, filled_in: str = "") -> str:
    """A signature; where the identity signs elsewhere, what was filled in so far. Raises: IdentityKeyWrong."""
    if identity is None:
        return filled_in
    if signer is not None and hex_of(signer) != identity.address:
        raise IdentityKeyWrong(seat=seat)
    return hex_of(identity.sign(digest))


def filled_in(path: Path, field: str, digest: bytes) -> str:
    """What a person put into a file of an earlier run about the same digest; "" where there is none."""
    try:
        found = papers.read(path)
        return found.text(field) if found.data("to_sign", 32) == digest else ""
    except (FileNotRead, PaperUnreadable):
        return ""


def ceremony_of(given: argparse.Namespace) -> Ceremony:
    """Raises: what reading raises."""
    return Ceremony.read(papers.read(given.ceremony))


def roll_of(given: argparse.Namespace, ceremony: Ceremony) -> tuple[Roll, list[bytes]]:
    """The roll, its identities compared with those on chain. Raises: what reading raises, SeatNotAppointed."""
    roll = Roll.read(papers.read(given.roll), ceremony)
    appointed = appointed_from(papers.read(given.appointed), ceremony)
    roll.check_identities(appointed)
    return roll, appointed


def own_of(given: argparse.Namespace, ceremony: Ceremony, password: str) -> tuple[Secret, OwnKeys]:
    """The own file, which is for this ceremony and not void. Raises: what reading raises, CeremonyVoid."""
    held = key_files.read(given.key, key_files.KEY, password)
    check_file(held, ceremony, given.key.name, given.seat)
    if held.about["given_up"]:
        raise CeremonyVoid
    return held, OwnKeys.of(held)


def check_dealt(held: Secret, roll: Roll) -> None:
    """Whether the file dealt under this very roll. Raises: NotDealtYet, RollChanged."""
    if not held.about["dealt_roll"]:
        raise NotDealtYet
    if held.about["dealt_roll"] != hex_of(roll.hash):
        raise RollChanged


def numbered(listed: Sequence[Paper], key: str = "seat") -> dict[int, Paper]:
    """Papers by seat. Raises: PaperUnreadable for a seat that stands twice."""
    found: dict[int, Paper] = {}
    for paper in listed:
        seat = paper.whole(key, most=31)
        if seat in found and found[seat].value != paper.value:
            raise paper.wrong(key)
        found[seat] = paper
    return found


def name_of(kind: str, ceremony: Ceremony, seat: int) -> str:
    """For example key-0x5fbdb231-0-2.json: case, number of the ceremony, seat."""
    return f"{kind}-{hex_of(ceremony.case)[:10]}-{ceremony.number}-{seat}.json"


def folder_of(given: argparse.Namespace) -> Path:
    """Where results go: the folder named, else that of the key file, else this one."""
    if given.folder is not None:
        return Path(given.folder)
    return Path(given.key).parent if getattr(given, "key", None) else Path()


def hex_word(value: int) -> str:
    """A number as 32 bytes."""
    return hex_of(word(value))
