"""One seat's part of the key: commitments, a share for every seat, and two proofs (protocol §22.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verifier.shares.curve import ORDER, NotAPoint, Point
from verifier.shares.hashes import hex_of, keccak, word
from verifier.shares.polynomials import point_at, value_at
from verifier.signing.secp256k1 import SignatureBroken, SigningKey, recover
from verifier.trustee.errors import PaperUnreadable
from verifier.trustee.key_errors import DealingMalformed, DealingNotSigned, PossessionNotProved
from verifier.trustee.papers import Paper
from verifier.trustee.roll import OwnKeys, Roll

_SHARE = keccak(b"LenderVote/1/share")
SIGNATURE_BYTES = 65


@dataclass(frozen=True)
class Dealing:
    """`words[i]` is the share of seat i under its pad."""

    commitments: tuple[Point, ...]
    words: tuple[bytes, ...]
    possession: bytes
    signature: bytes

    @classmethod
    def read(cls, paper: Paper, seat: int, roll: Roll) -> Dealing:
        """Raises: DealingMalformed."""
        try:
            points, words = paper.points("commitments"), paper.many("shares", 32)
            read = cls(tuple(points), tuple(words), paper.data("possession", SIGNATURE_BYTES), paper.data("signature", SIGNATURE_BYTES))
        except PaperUnreadable as error:
            raise DealingMalformed(seat=seat) from error
        if len(points) != roll.ceremony.threshold or len(words) != roll.ceremony.seats:
            raise DealingMalformed(seat=seat)
        return read

    def paper(self) -> dict[str, Any]:
        """As the transcript has it."""
        return {
            "commitments": [hex_of(point.compressed) for point in self.commitments],
            "possession": hex_of(self.possession),
            "shares": [hex_of(one) for one in self.words],
            "signature": hex_of(self.signature),
        }

    def check(self, seat: int, roll: Roll) -> None:
        """Whether the seat made it under this roll, and knows its constant. Raises: DealingNotSigned, PossessionNotProved."""
        joined = _signed(roll.hash, seat, self.commitments, self.words)
        if not _is_by(roll.entries[seat].key, joined, self.signature):
            raise DealingNotSigned(seat=seat)
        if not _is_by(self.commitments[0].address, _possessed(roll.hash, seat, self.commitments[0]), self.possession):
            raise PossessionNotProved(seat=seat)

    def share_for(self, receiver: int, pad: bytes) -> int:
        """The number under the pad; it need not be a share that fits."""
        return int.from_bytes(bytes(a ^ b for a, b in zip(self.words[receiver], pad, strict=True)), "big")

    def fits(self, receiver: int, share: int) -> bool:
        """Whether the share is on the polynomial that is committed to."""
        try:
            committed = point_at(self.commitments, receiver + 1)
        except NotAPoint:
            return share == 0
        return 0 < share < ORDER and Point.of(share) == committed


def pad_of(roll_hash: bytes, dealer: int, receiver: int, transport: int, other: Point) -> bytes:
    """What a share is hidden under: either of the two works it out with its own transport secret."""
    return keccak(_SHARE + roll_hash + word(dealer) + word(receiver) + other.times(transport).address)


def dealt(own: OwnKeys, roll: Roll) -> Dealing:
    """The seat's dealing under the roll: always the same bytes."""
    coefficients = own.coefficients(roll.hash, roll.ceremony.threshold)
    commitments = tuple(Point.of(one) for one in coefficients)
    words = []
    for entry in roll.entries:
        pad = pad_of(roll.hash, own.seat, entry.seat, own.transport, entry.transport)
        share = word(value_at(coefficients, entry.seat + 1))
        words.append(bytes(a ^ b for a, b in zip(share, pad, strict=True)))
    possession = SigningKey(word(coefficients[0])).sign(_possessed(roll.hash, own.seat, commitments[0]))
    signature = SigningKey(word(own.sign)).sign(_signed(roll.hash, own.seat, commitments, tuple(words)))
    return Dealing(commitments, tuple(words), possession, signature)


def _possessed(roll_hash: bytes, seat: int, constant: Point) -> bytes:
    return keccak(b"LenderVote/1/possession" + roll_hash + word(seat) + constant.compressed)


def _signed(roll_hash: bytes, seat: int, commitments: tuple[Point, ...], words: tuple[bytes, ...]) -> bytes:
    points = b"".join(point.compressed for point in commitments)
    return keccak(b"LenderVote/1/dealing" + roll_hash + word(seat) + points + b"".join(words))


def _is_by(address: bytes, digest: bytes, signature: bytes) -> bool:
    try:
        return recover(digest, signature) == hex_of(address)
    except SignatureBroken:
        return False
