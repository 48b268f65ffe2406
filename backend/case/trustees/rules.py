"""What a ceremony is made of, and what everybody can work out from its public papers (protocol §22). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coincurve import PublicKey

from backend.case.cases.rules import LEAST_ADDRESS, SIGNER_BYTES
from backend.case.trustees.errors import (
    ThresholdOutOfRange,
    TrusteeCountOutOfRange,
    TrusteeNamedTwice,
    TrusteeSignerNotUsable,
)
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.seals import ORDER, address_of_point

LEAST_SEATS, MOST_SEATS, LEAST_THRESHOLD = 2, 32, 2
POINT_BYTES = 33


class KeyInfinite(ValueError):
    """The dealings give no key: a sum of commitments is infinity, or two share keys are the same; the text says which."""


@dataclass(frozen=True)
class Head:
    """What a ceremony is opened with: case and chain, its number in the case, seats n, threshold t and 32 random bytes."""

    chain_id: int
    case: str
    number: int
    seats: int
    threshold: int
    random: bytes

    @property
    def ceremony(self) -> bytes:
        """The ceremony's id, 32 bytes."""
        numbers = self.number.to_bytes(4, "big") + bytes([self.seats, self.threshold])
        return keccak(b"LenderVote/1/ceremony" + bytes.fromhex(self.case[2:]) + numbers + self.random)

    def as_json(self) -> dict[str, Any]:
        """The opening paper."""
        return {
            "case": self.case,
            "ceremony": "0x" + self.ceremony.hex(),
            "chain_id": self.chain_id,
            "number": self.number,
            "random": "0x" + self.random.hex(),
            "seats": self.seats,
            "threshold": self.threshold,
        }


@dataclass(frozen=True)
class Keys:
    """What follows from all dealings: X as (x, y), and the address of each seat's share key, 0x lower case."""

    x: int
    y: int
    share_keys: tuple[str, ...]


def check_threshold(threshold: int, seats: int) -> None:
    """Raises: ThresholdOutOfRange."""
    if not LEAST_THRESHOLD <= threshold <= seats:
        raise ThresholdOutOfRange(threshold=threshold, seats=seats)


def check_trustees(signers: Sequence[bytes]) -> None:
    """2 to 32 distinct signers, by seat. Raises: TrusteeCountOutOfRange, TrusteeNamedTwice, TrusteeSignerNotUsable."""
    if not LEAST_SEATS <= len(signers) <= MOST_SEATS:
        raise TrusteeCountOutOfRange(count=len(signers))
    for seat, signer in enumerate(signers):
        if len(signer) not in SIGNER_BYTES or int.from_bytes(signer[:20], "big") < LEAST_ADDRESS:
            raise TrusteeSignerNotUsable(seat=seat)
        if signer in signers[:seat]:
            raise TrusteeNamedTwice(seat=seat)


def could_block(threshold: int, seats: int) -> bool:
    """Whether those who could read early could also refuse to open: with n < 2t. The page warns."""
    return seats < 2 * threshold


def roll(head: Head, trustees: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The closed roll; `trustees` are {"key", "seat", "transport"} by seat."""
    opened = head.as_json()
    named = {name: opened[name] for name in ("case", "ceremony", "chain_id", "threshold")}
    return {**named, "trustees": list(trustees)}


def roll_hash(head: Head, trustees: Sequence[Mapping[str, Any]]) -> bytes:
    """The hash of the closed roll, 32 bytes."""
    return keccak(canonical_json(roll(head, trustees)))


def transcript(head: Head, trustees: Sequence[Mapping[str, Any]], rolled: bytes, dealings: Sequence[Mapping[str, Any]]) -> bytes:
    """`seal.json`: its keccak is transcriptHash."""
    named = {"ceremony": "0x" + head.ceremony.hex(), "rollHash": "0x" + rolled.hex(), "threshold": head.threshold}
    return canonical_json({**named, "trustees": list(trustees), "dealings": list(dealings)})


def dealing_digests(rolled: bytes, dealer: int, commitments: Sequence[bytes], words: Sequence[bytes]) -> tuple[bytes, bytes]:
    """What the first coefficient signs as proof of possession, and what the seat's signing key signs; 32 bytes each."""
    seat = dealer.to_bytes(32, "big")
    possession = keccak(b"LenderVote/1/possession" + rolled + seat + commitments[0])
    return possession, keccak(b"LenderVote/1/dealing" + rolled + seat + b"".join(commitments) + b"".join(words))


def point(data: bytes) -> PublicKey | None:
    """The point of 33 bytes; None when they are none."""
    try:
        return PublicKey(data) if len(data) == POINT_BYTES else None
    except Exception:  # the library's own errors are bare Exceptions
        return None


def address_of(found: PublicKey) -> str:
    """addr(P), 0x lower case."""
    return "0x" + address_of_point(found).hex()


def keys_of(commitments: Sequence[Sequence[bytes]], seats: int) -> Keys:
    """X and the share keys from every dealer's commitments. Raises: KeyInfinite."""
    points = [[PublicKey(one) for one in row] for row in commitments]
    try:
        x, y = PublicKey.combine_keys([row[0] for row in points]).point()
        PublicKey.combine_keys([row[-1] for row in points])
        # All terms at once: a single dealer's value may be infinity.
        shares = [address_of(PublicKey.combine_keys([term for row in points for term in terms_at(row, seat)])) for seat in range(seats)]
    except Exception as error:  # as above
        raise KeyInfinite("infinite") from error
    if len(set(shares)) != seats:
        raise KeyInfinite("share_key_twice")
    return Keys(int(x), int(y), tuple(shares))


def terms_at(points: Sequence[PublicKey], seat: int) -> list[PublicKey]:
    """A_k (seat + 1)^k for every k; their sum is the seat's value."""
    powers = [pow(seat + 1, k).to_bytes(32, "big") for k in range(len(points))]
    return [one.multiply(power) for one, power in zip(points, powers, strict=True)]


def share_of(rolled: bytes, dealer: int, receiver: int, word: bytes, shared: PublicKey) -> int:
    """The share under a word, by the point that dealer and receiver have in common; perhaps no right one."""
    seats = dealer.to_bytes(32, "big") + receiver.to_bytes(32, "big")
    pad = keccak(keccak(b"LenderVote/1/share") + rolled + seats + address_of_point(shared))
    return int.from_bytes(word, "big") ^ int.from_bytes(pad, "big")


def share_fits(share: int, commitments: Sequence[bytes], receiver: int) -> bool:
    """Whether a share is the receiver's value of the polynomial behind the commitments; 0 is one like any other (protocol §22.4)."""
    if share >= ORDER:
        return False
    try:
        wanted = PublicKey.combine_keys(terms_at([PublicKey(one) for one in commitments], receiver))
    except Exception:  # infinity, which is 0*G
        return share == 0
    return share != 0 and bool(PublicKey.from_valid_secret(share.to_bytes(32, "big")) == wanted)
