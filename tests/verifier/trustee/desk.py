"""Trustees and a working group at their machines: each step is a command with files, as the manual has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.shares.hashes import keccak
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.__main__ import main

CASE, CHAIN_ID, PASSWORD = "0x" + "5f" * 20, 31337, "correct horse battery"


class Desk:
    """A folder for what is public, and one for each seat."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], threshold: int = 2, seats: int = 3) -> None:
        self.folder, self._capsys, self.threshold, self.seats = folder, capsys, threshold, seats
        self.password = folder / "password"
        self.password.write_text(PASSWORD)
        self.ceremony, self.roll, self.appointed = folder / "ceremony.json", folder / "roll.json", folder / "appointed.json"
        keys = [keccak(f"identity {seat}".encode()) for seat in range(seats)]
        for seat, key in enumerate(keys):
            self.home(seat).mkdir()
            (self.home(seat) / "identity").write_text("0x" + key.hex())
        named = {"case": CASE, "chain_id": CHAIN_ID, "trustees": [SigningKey(key).address for key in keys]}
        self.appointed.write_text(json.dumps(named))

    def home(self, seat: int) -> Path:
        return self.folder / f"seat-{seat}"

    def file(self, kind: str, seat: int) -> Path:
        return self.home(seat) / f"{kind}-{CASE[:10]}-0-{seat}.json"

    def files(self, kind: str) -> list[Path]:
        return [self.file(kind, seat) for seat in range(self.seats)]

    def run(self, command: str, *words: object, status: int = 0) -> dict[str, Any]:
        """The last line of what the command says. Whatever is refused says it in one sentence of each language, without a traceback."""
        ended = main(["--json", command, *(str(word) for word in words)])
        out = self._capsys.readouterr()
        facts: dict[str, Any] = json.loads(out.out.splitlines()[-1])
        assert ended == status, facts
        if status:
            assert facts["zh"]
            assert facts["en"]
            assert out.err.strip().endswith(facts["zh"])
        return facts

    def refused(self, name: str, command: str, *words: object) -> dict[str, Any]:
        facts = self.run(command, *words, status=2 if name == "CalledWrongly" else 1)
        assert facts["refused"] == name
        return facts

    # --- steps ----------------------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        numbers = ("--chain-id", CHAIN_ID, "--number", 0, "--seats", self.seats, "--threshold", self.threshold)
        self.run("begin", "--case", CASE, *numbers, "--out", self.ceremony)

    def secret(self) -> tuple[object, ...]:
        return ("--password-file", self.password)

    def take_words(self, seat: int) -> tuple[object, ...]:
        own = ("--seat", seat, "--folder", self.home(seat), "--paper", self.home(seat) / "paper.txt")
        return ("--ceremony", self.ceremony, *own, "--identity-key", self.home(seat) / "identity", *self.secret())

    def public(self) -> tuple[object, ...]:
        return ("--ceremony", self.ceremony, "--roll", self.roll, "--appointed", self.appointed)

    def deal_words(self, seat: int) -> tuple[object, ...]:
        return (*self.public(), "--key", self.file("key", seat), *self.secret())

    def confirm_words(self, seat: int) -> tuple[object, ...]:
        return (*self.deal_words(seat), "--dealings", *self.files("dealing"), "--identity-key", self.home(seat) / "identity")

    def close_roll(self) -> None:
        self.run("roll", "--ceremony", self.ceremony, "--joins", *self.files("join"), "--appointed", self.appointed, "--out", self.roll)

    def until_dealt(self) -> None:
        self.begin()
        for seat in range(self.seats):
            self.run("take", *self.take_words(seat))
        self.close_roll()
        for seat in range(self.seats):
            self.run("deal", *self.deal_words(seat))

    def backup(self, seat: int) -> Path:
        path = self.home(seat) / "backup.json"
        path.write_bytes(self.file("key", seat).read_bytes())
        return path

    def until_confirmed(self) -> list[dict[str, Any]]:
        self.until_dealt()
        said = []
        for seat in range(self.seats):
            words = self.run("confirm", *self.confirm_words(seat))["words"]
            said.append(self.run("confirm", *self.confirm_words(seat), "--words", " ".join(words), "--backup", self.backup(seat)))
        return said

    def open_words(self, seat: int) -> tuple[object, ...]:
        public = ("--ceremony", self.ceremony, "--roll", self.roll, "--seal", self.home(seat) / "seal.json")
        return (*public, "--opening", self.file("opening", seat), *self.secret(), "--folder", self.home(seat))


def changed(path: Path, **fields: object) -> None:
    """Some fields of a file of JSON put otherwise."""
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
