"""Small registers with their escrows in memory: dealer, trustees, officials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from verifier.escrow.context import Frozen
from verifier.escrow.dealer import Dealer
from verifier.escrow.files import Leaf
from verifier.escrow.tree import classes_hash, leaf_hash, root_of
from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import hex_of, keccak
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.escrow.order import Order
from verifier.trustee.escrow.sharing import Escrow, Officials, OwnSeat, Sharing, about
from verifier.trustee.key_files import ESCROW, Secret

CASE, CHAIN_ID, NUMBER = bytes(range(20)), 31337, 4
OFFICIALS = [SigningKey(keccak(f"official {number}".encode())) for number in range(3)]
RECIPIENT = int.from_bytes(keccak(b"recipient"), "big") % ORDER


def leaves_of(count: int) -> list[Leaf]:
    return [(1000 * (i + 1), int.from_bytes(keccak(f"blind {i}".encode()), "big") % (ORDER - 1) + 1) for i in range(count)]


def frozen(leaves: list[Leaf], classes: list[int]) -> Frozen:
    totals = [(0, 0, 0)] * (max(classes) + 1)
    for (amount, blind), which in zip(leaves, classes, strict=True):
        heads, fen, total = totals[which]
        totals[which] = heads + 1, fen + amount, (total + blind) % ORDER
    root = root_of(leaf_hash(i, classes[i], leaf) for i, leaf in enumerate(leaves))
    return Frozen(CHAIN_ID, CASE, NUMBER, root, len(leaves), classes_hash(totals))


def held_of(seat: int, name: str = "") -> Secret:
    return Secret(ESCROW, about(CASE, CHAIN_ID, NUMBER, seat), keccak(f"escrow seed {name}{seat}".encode()))


@dataclass(frozen=True)
class Made:
    """A dealer's work and who received it."""

    dealer: Dealer
    leaves: list[Leaf]
    classes: list[int]
    seats: list[OwnSeat]
    escrow: Escrow

    @classmethod
    def of(cls, threshold: int, count: int, leaf_count: int = 9) -> Made:
        leaves, classes = leaves_of(leaf_count), [i % 2 for i in range(leaf_count)]
        seats = [OwnSeat.of(held_of(seat)) for seat in range(count)]
        transports = tuple(Point.of(one.transport) for one in seats)
        dealer = Dealer(frozen(leaves, classes), threshold, transports, keccak(b"d"))
        file = b"".join(dealer.file(leaves))
        sharing = Sharing(dealer.context, threshold, transports, dealer.commitments)
        escrow = Escrow(dealer.register, sharing, keccak(file))
        return cls(dealer, leaves, classes, seats, replace(escrow, signatures=signed_by_officials(escrow.digest, 2)))

    @property
    def shares(self) -> dict[int, int]:
        return {one.seat: one.share(self.escrow.sharing, self.dealer.boxes[one.seat]) for one in self.seats}

    def file(self, folder: Path) -> Path:
        path = folder / "openings.escrow"
        path.write_bytes(b"".join(self.dealer.file(self.leaves)))
        return path

    def order(self, signers: int = 2) -> Order:
        unsigned = Order(NUMBER, Point.of(RECIPIENT), keccak(b"what for"))
        return replace(unsigned, signatures=signed_by_officials(unsigned.digest(self.escrow), signers))

    def leaves_csv(self) -> str:
        lines = [f"{i},{self.classes[i]},{'0' * 64},{'0' * 64}\n" for i in range(len(self.leaves))]
        return "index,voting_class,x,y\n" + "".join(lines)


def signed_by_officials(digest: bytes, count: int) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((bytes.fromhex(key.address[2:]), key.sign(digest)) for key in OFFICIALS[:count])


def officials(threshold: int = 2) -> Officials:
    return Officials(tuple(bytes.fromhex(key.address[2:]) for key in OFFICIALS), threshold)


def officials_paper() -> dict[str, object]:
    return {"case": hex_of(CASE), "chain_id": CHAIN_ID, "officials": [key.address for key in OFFICIALS], "threshold": 2}
