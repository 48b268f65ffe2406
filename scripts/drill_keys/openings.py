"""A register's openings under several keys, and then opened by a subset of the trustees."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.drill_keys.command import must, run
from scripts.drill_keys.registers import Register
from verifier.escrow.dealer import Dealer
from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import hex_of, keccak
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.escrow.order import Order
from verifier.trustee.escrow.sharing import Escrow, Sharing


class Openings:
    """n trustees with files of their own; `sums_of` is what a subset of them opens."""

    def __init__(self, folder: Path, threshold: int, seats: int, register: Register | None = None, officials: Sequence[bytes] = ()) -> None:
        """Of an invented register and officials where none are given; two officials sign."""
        self.folder, self.threshold, self.seats = folder, threshold, seats
        self.register = register or Register.invented()
        folder.mkdir()
        self._write("password", secrets.token_hex(16))
        self._password = ("--password-file", folder / "password")
        self._escrow = ("--escrow", folder / "escrow.json")
        self._officials = [SigningKey(key) for key in officials or [secrets.token_bytes(32) for _ in range(3)]]
        self._recipient = secrets.randbelow(ORDER - 1) + 1

    def make(self) -> None:
        """Files are taken, the dealer seals, officials sign, every trustee checks. Raises: StepFailed."""
        transports = [self._taken(seat) for seat in range(self.seats)]
        self._write("leaves.csv", self.register.leaves_csv)
        dealer = Dealer(self.register.frozen, self.threshold, tuple(transports), secrets.token_bytes(32))
        file = b"".join(dealer.file(self.register.leaves))
        (self.folder / "openings.escrow").write_bytes(file)
        sharing = Sharing(dealer.context, dealer.threshold, dealer.transports, dealer.commitments)
        escrow = Escrow(dealer.register, sharing, keccak(file))
        self._write("escrow.json", json.dumps(escrow.paper() | {"signatures": self._signed(escrow.digest)}))
        self._write("boxes.json", json.dumps({"boxes": [hex_of(box) for box in dealer.boxes]}))
        keys = [key.address for key in self._officials]
        self._write(
            "officials.json",
            json.dumps({"case": hex_of(self._case), "chain_id": self.register.frozen.chain_id, "officials": keys, "threshold": 2}),
        )
        self._write_order(escrow)
        for seat in range(self.seats):
            must("escrow-check", *self._held(seat), *self._named("officials"), "--file", self.folder / "openings.escrow")

    def hand_in(self) -> None:
        """Every trustee follows the order. Raises: StepFailed."""
        for seat in range(self.seats):
            must("escrow-hand", *self._held(seat), *self._named("officials", "order"))

    def sums_of(self, seats: tuple[int, ...], groups: Mapping[str, Sequence[int]] | None = None) -> dict[str, object]:
        """The sums of these groups of indexes, or of all, that these seats' shares open, {} where they are refused."""
        listed = groups or {"all": range(len(self.register.leaves))}
        self._write("groups.json", json.dumps({name: list(indexes) for name, indexes in listed.items()}))
        out = self.folder / f"sums-{'-'.join(map(str, seats))}.json"
        own = (
            "--recipient-key",
            self.folder / "recipient",
            "--file",
            self.folder / "openings.escrow",
            "--leaves",
            self.folder / "leaves.csv",
        )
        given = ("--handings", *(self.folder / f"escrow-handing-{seat}.json" for seat in seats))
        run("escrow-open", *self._escrow, *self._named("order", "groups"), *own, "--out", out, *given)
        found: dict[str, object] = json.loads(out.read_text())["sums"] if out.exists() else {}
        return found

    def expected(self) -> dict[str, object]:
        """The sums as whoever made the register knows them."""
        total = sum(leaf[0] for leaf in self.register.leaves), sum(leaf[1] for leaf in self.register.leaves) % ORDER
        return {"all": {"amount_fen": str(total[0]), "blind": hex_of(total[1].to_bytes(32, "big"))}}

    @property
    def _case(self) -> bytes:
        return self.register.frozen.case

    def _taken(self, seat: int) -> Point:
        numbers = ("--chain-id", self.register.frozen.chain_id, "--register-number", self.register.frozen.register_number, "--seat", seat)
        facts = must("escrow-take", "--case", hex_of(self._case), *numbers, "--folder", self.folder, *self._password)
        return Point.read(bytes.fromhex(json.loads(Path(facts["join"]).read_text())["transport"][2:]))

    def _write_order(self, escrow: Escrow) -> None:
        order = Order(self.register.frozen.register_number, Point.of(self._recipient), keccak("演练".encode()))
        named = {
            "register_number": self.register.frozen.register_number,
            "recipient_key": hex_of(order.recipient.compressed),
            "purpose_hash": hex_of(order.purpose_hash),
        }
        self._write("order.json", json.dumps(named | {"signatures": self._signed(order.digest(escrow))}))
        self._write("recipient", f"{self._recipient:064x}")

    def _signed(self, digest: bytes) -> list[dict[str, str]]:
        return [{"signature": hex_of(key.sign(digest)), "signer": key.address} for key in self._officials[:2]]

    def _held(self, seat: int) -> tuple[object, ...]:
        key = self.folder / f"escrow-key-{hex_of(self._case)[:10]}-{self.register.frozen.register_number}-{seat}.json"
        return (*self._escrow, "--key", key, "--boxes", self.folder / "boxes.json", *self._password)

    def _named(self, *names: str) -> list[object]:
        return [word for name in names for word in (f"--{name}", self.folder / f"{name}.json")]

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
