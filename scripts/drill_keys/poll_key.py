"""A whole ceremony by files, and then the poll's key from every subset of its trustees."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from scripts.drill_keys.command import must, run
from verifier.signing.secp256k1 import SigningKey

CASE, CHAIN_ID = "0x" + "de" * 20, 31337
AFTER_THE_CLOSE = ("--closes-at", 1, "--final-block-time", 2)


class PollKey:
    """n seats in folders of their own; `secret_of` is what a subset of them gives."""

    def __init__(self, folder: Path, threshold: int, seats: int) -> None:
        self.folder, self.threshold, self.seats = folder, threshold, seats
        folder.mkdir()
        (folder / "password").write_text(secrets.token_hex(16))
        self._password = ("--password-file", folder / "password")
        self._ceremony = ("--ceremony", folder / "ceremony.json")
        self._roll = (*self._ceremony, "--roll", folder / "roll.json")
        self._appointed = ("--appointed", folder / "appointed.json")

    def make(self) -> None:
        """begin, take, roll, deal, confirm: as the manual has it. Raises: StepFailed."""
        numbers = ("--chain-id", CHAIN_ID, "--number", 0, "--seats", self.seats, "--threshold", self.threshold)
        must("begin", "--case", CASE, *numbers, "--out", self.folder / "ceremony.json")
        self._appoint()
        for seat in range(self.seats):
            must("take", *self._ceremony, "--seat", seat, "--folder", self._home(seat), *self._identity(seat), *self._password)
        must("roll", *self._ceremony, "--joins", *self._files("join"), *self._appointed, "--out", self.folder / "roll.json")
        for seat in range(self.seats):
            must("deal", *self._own(seat))
        for seat in range(self.seats):
            confirm = (*self._own(seat), "--dealings", *self._files("dealing"), *self._identity(seat))
            words = " ".join(must("confirm", *confirm)["words"])
            backup = self._home(seat) / "backup"
            backup.write_bytes(self._file("key", seat).read_bytes())
            must("confirm", *confirm, "--words", words, "--backup", backup)

    def shares(self) -> None:
        """Every trustee gives the share after the close. Raises: StepFailed."""
        for seat in range(self.seats):
            opening = ("--opening", self._file("opening", seat), *self._password, "--folder", self._home(seat))
            must("open", *self._roll, "--seal", self._home(seat) / "seal.json", *opening, *AFTER_THE_CLOSE)

    def secret_of(self, seats: tuple[int, ...]) -> str:
        """The secret that these seats give, "" where they are refused."""
        out = self.folder / f"secret-{'-'.join(map(str, seats))}.json"
        given = ("--shares", *(self._file("share", seat) for seat in seats))
        run("unseal", *self._roll, "--seal", self._home(0) / "seal.json", "--out", out, *given)
        return str(json.loads(out.read_text())["secret"]) if out.exists() else ""

    def _appoint(self) -> None:
        keys = []
        for seat in range(self.seats):
            self._home(seat).mkdir()
            key = secrets.token_bytes(32)
            (self._home(seat) / "identity").write_text(key.hex())
            keys.append(SigningKey(key).address)
        named = {"case": CASE, "chain_id": CHAIN_ID, "trustees": keys}
        (self.folder / "appointed.json").write_text(json.dumps(named))

    def _own(self, seat: int) -> tuple[object, ...]:
        return (*self._roll, *self._appointed, "--key", self._file("key", seat), *self._password)

    def _identity(self, seat: int) -> tuple[object, ...]:
        return ("--identity-key", self._home(seat) / "identity")

    def _home(self, seat: int) -> Path:
        return self.folder / f"seat-{seat}"

    def _file(self, kind: str, seat: int) -> Path:
        return self._home(seat) / f"{kind}-{CASE[:10]}-0-{seat}.json"

    def _files(self, kind: str) -> list[Path]:
        return [self._file(kind, seat) for seat in range(self.seats)]
