"""Installations that earlier releases left (tests/releases/README.md), unpacked and started with the sources of today."""

from __future__ import annotations

import hashlib
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account

from backend.case.register.sealing import RegisterSeal
from backend.ground.common.sealed import FieldCipher
from scripts.rig.api import Api
from scripts.rig.keys import Key
from scripts.rig.paper import pin
from scripts.rig.people import Member, Phone
from scripts.rig.processes import Stack, free_port
from scripts.rig.seats import Seats
from scripts.rig.vote import Vote

RELEASES = Path(__file__).parents[1] / "releases"
OFFICIALS = ("demo-official-1", "demo-official-2", "demo-official-3")


def _derived(number: int, name: str) -> bytes:
    return hashlib.sha256(f"LenderVote DEMO release-{number} fixture/{name}".encode()).digest()


def secret(number: int, name: str) -> bytes:
    """A key of the release's installation, its highest bit cleared."""
    digest = bytearray(_derived(number, name))
    digest[0] &= 0x7F
    return bytes(digest)


class DerivedSeats(Seats):
    """The trustees of a release's case after so many ceremonies: their identities, and the seeds of their files of the newest one."""

    def __init__(self, number: int, ceremonies: int) -> None:
        super().__init__()
        self._number, self._ceremonies = number, ceremonies - 1
        for trustee in self.seats:
            trustee.identity = Key(Account.from_key(secret(number, f"trustee/{trustee.seat}")))
        self.take_anew()

    def take_anew(self) -> None:
        """Files of the next ceremony."""
        self._ceremonies += 1
        for trustee in self.seats:
            trustee.seed = _derived(self._number, f"trustee/{trustee.seat}/ceremony/{self._ceremonies}")


class Installation:
    """The folder as a release left it, with its keys back in place."""

    def __init__(self, number: int, folder: Path) -> None:
        self.number, self.folder = number, folder
        with tarfile.open(RELEASES / str(number) / "installation.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        for path, name in (
            ("secrets/field.key", "field.key"),
            ("secrets/relay.key", "relay.key"),
            ("issuer/issuer.key", "issuer.key"),
            ("issuer/reference.key", "reference.key"),
        ):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(secret(number, name).hex())
            (folder / path).chmod(0o600)
        self._cipher = FieldCipher(secret(number, "field.key"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "lendervote.sqlite3") as database:
            return database.execute(query).fetchall()

    def totp_secret(self, account: str) -> str:
        [(account_id, sealed)] = self.rows(f"SELECT id, totp_secret FROM accounts WHERE name = '{account}'")
        return self._cipher.open_text(sealed, f"accounts:{account_id}:totp_secret")

    def mobiles(self) -> list[str]:
        """One phone of each lender."""
        seal = RegisterSeal(self._cipher)
        lenders = self.rows("SELECT import_id, number, sealed FROM register_lenders ORDER BY import_id, number")
        return [seal.open_lender(*lender).mobiles[0] for lender in lenders]

    def published(self, poll_id: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "published" / poll_id).iterdir()}


@dataclass
class Left:
    """A release's world under today's sources; `decided` is the id of the poll whose files `was` has."""

    before: Installation
    stack: Stack
    vote: Vote
    was: dict[str, Any]
    decided: str

    @property
    def public(self) -> Api:
        return Api(self.stack.url)

    def phone(self, mobile: str, poll_id: str) -> Phone:
        return Phone(self.stack.url, mobile, self.stack.data_dir / "outbox" / "sms.jsonl", self.public.get(f"/api/polls/{poll_id}"))

    def somebody_who_has_not_voted(self, poll_id: str) -> Phone:
        """A lender's phone, signed in; by the claim, not by the table of ballots, as a lender may have gone past the relay."""
        for mobile in self.before.mobiles():
            phone = self.phone(mobile, poll_id)
            phone.sign_in()
            if phone.claim["next_sequence"] == 1:
                return phone
        raise AssertionError("everybody has voted")

    def download(self, poll_id: str) -> dict[str, bytes]:
        return {name: self.public.download(f"/api/polls/{poll_id}/published/{name}") for name in self.was["files"]}


def _member(installation: Installation, stack: Stack, name: str) -> Member:
    key = Key(Account.from_key(secret(installation.number, f"member/{name}")))
    password = _derived(installation.number, f"password/{name}").hex()[:16]
    return Member(name, password, installation.totp_secret(name), key, Api(stack.url))


@contextmanager
def started(number: int, folder: Path, decided: str) -> Iterator[Left]:
    """The installation of a release, running again."""
    installation = Installation(number, folder)
    was = {
        "files": installation.published(decided),
        "ballots": installation.rows("SELECT poll_id, number, lender_index, digest, receipt_signature, status FROM ballots ORDER BY id"),
    }
    stack = Stack(installation.folder, port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url="")
    stack.environment["LENDERVOTE_ISSUER_LIVENESS"] = "off"
    with stack:
        admin, institution, *officials = (_member(installation, stack, n) for n in ("demo-admin", "demo-institution", *OFFICIALS))
        vote = Vote(stack, 7, admin, officials, institution, [])
        for each in (admin, *officials, institution):
            each.sign_in()
        vote.case = admin.api.get("/api/cases")[0]
        pin(stack, vote.case)
        yield Left(installation, stack, vote, was, decided)
