"""An invented register's openings under several keys, and then opened by every subset of the trustees."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from scripts.drill_keys.command import must, run
from verifier.escrow.context import Frozen
from verifier.escrow.dealer import Dealer
from verifier.escrow.files import Leaf
from verifier.escrow.tree import classes_hash, leaf_hash, root_of
from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import hex_of, keccak
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.escrow.order import Order
from verifier.trustee.escrow.sharing import Escrow, Sharing

CASE, CHAIN_ID, NUMBER, LEAVES = bytes.fromhex("de" * 20), 31337, 0, 40


class Openings:
    """n trustees with files of their own; `sums_of` is what a subset of them opens."""

    def __init__(self, folder: Path, threshold: int, seats: int) -> None:
        self.folder, self.threshold, self.seats = folder, threshold, seats
        folder.mkdir()
        self._write("password", secrets.token_hex(16))
        self._password = ("--password-file", folder / "password")
        self._escrow = ("--escrow", folder / "escrow.json")
        self._officials = [SigningKey(secrets.token_bytes(32)) for _ in range(3)]
        self._recipient = secrets.randbelow(ORDER - 1) + 1
        self.leaves: list[Leaf] = [(secrets.randbelow(10**8) + 1, secrets.randbelow(ORDER - 1) + 1) for _ in range(LEAVES)]

    def make(self) -> None:
        """Files are taken, the dealer seals, officials sign, every trustee checks. Raises: StepFailed."""
        transports = [self._taken(seat) for seat in range(self.seats)]
        dealer = Dealer(self._frozen(), self.threshold, tuple(transports), secrets.token_bytes(32))
        file = b"".join(dealer.file(self.leaves))
        (self.folder / "openings.escrow").write_bytes(file)
        sharing = Sharing(dealer.context, dealer.threshold, dealer.transports, dealer.commitments)
        escrow = Escrow(dealer.register, sharing, keccak(file))
        self._write("escrow.json", json.dumps(escrow.paper() | {"signatures": self._signed(escrow.digest)}))
        self._write("boxes.json", json.dumps({"boxes": [hex_of(box) for box in dealer.boxes]}))
        keys = [key.address for key in self._officials]
        self._write("officials.json", json.dumps({"case": hex_of(CASE), "chain_id": CHAIN_ID, "officials": keys, "threshold": 2}))
        self._write_order(escrow)
        for seat in range(self.seats):
            must("escrow-check", *self._held(seat), *self._named("officials"), "--file", self.folder / "openings.escrow")

    def hand_in(self) -> None:
        """Every trustee follows the order. Raises: StepFailed."""
        for seat in range(self.seats):
            must("escrow-hand", *self._held(seat), *self._named("officials", "order"))

    def sums_of(self, seats: tuple[int, ...]) -> dict[str, object]:
        """The sums that these seats' shares open, {} where they are refused."""
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
        total = sum(leaf[0] for leaf in self.leaves), sum(leaf[1] for leaf in self.leaves) % ORDER
        return {"all": {"amount_fen": str(total[0]), "blind": hex_of(total[1].to_bytes(32, "big"))}}

    def _taken(self, seat: int) -> Point:
        numbers = ("--chain-id", CHAIN_ID, "--register-number", NUMBER, "--seat", seat)
        facts = must("escrow-take", "--case", hex_of(CASE), *numbers, "--folder", self.folder, *self._password)
        return Point.read(bytes.fromhex(json.loads(Path(facts["join"]).read_text())["transport"][2:]))

    def _frozen(self) -> Frozen:
        root = root_of(leaf_hash(index, 0, leaf) for index, leaf in enumerate(self.leaves))
        totals = len(self.leaves), sum(leaf[0] for leaf in self.leaves), sum(leaf[1] for leaf in self.leaves) % ORDER
        lines = [f"{index},0,{'0' * 64},{'0' * 64}\n" for index in range(len(self.leaves))]
        self._write("leaves.csv", "index,voting_class,x,y\n" + "".join(lines))
        self._write("groups.json", json.dumps({"all": list(range(len(self.leaves)))}))
        return Frozen(CHAIN_ID, CASE, NUMBER, root, len(self.leaves), classes_hash([totals]))

    def _write_order(self, escrow: Escrow) -> None:
        order = Order(NUMBER, Point.of(self._recipient), keccak("演练".encode()))
        named = {"register_number": NUMBER, "recipient_key": hex_of(order.recipient.compressed), "purpose_hash": hex_of(order.purpose_hash)}
        self._write("order.json", json.dumps(named | {"signatures": self._signed(order.digest(escrow))}))
        self._write("recipient", f"{self._recipient:064x}")

    def _signed(self, digest: bytes) -> list[dict[str, str]]:
        return [{"signature": hex_of(key.sign(digest)), "signer": key.address} for key in self._officials[:2]]

    def _held(self, seat: int) -> tuple[object, ...]:
        key = self.folder / f"escrow-key-{hex_of(CASE)[:10]}-{NUMBER}-{seat}.json"
        return (*self._escrow, "--key", key, "--boxes", self.folder / "boxes.json", *self._password)

    def _named(self, *names: str) -> list[object]:
        return [word for name in names for word in (f"--{name}", self.folder / f"{name}.json")]

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
