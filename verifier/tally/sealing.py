"""Seals, records and the box of a sealed poll (protocol §21.1), and the key that was announced (§21.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from verifier.tally import curve, typed_data
from verifier.tally.keccak import keccak, word

SEALED_BYTES = 40  # seal and sealed choice
RECORD_BYTES = 110
EMPTY = bytes(32)
PART = 1_024  # ballots that are opened by one process at once
_SEAL = keccak(b"LenderVote/1/seal")


@dataclass(frozen=True)
class Sealing:
    """What a sealed poll was announced with, beyond the terms of any poll; `struct_hash` is sealKeyHash."""

    motions: int
    abandon_after_seconds: int
    x: int
    y: int
    threshold: int
    share_keys: tuple[bytes, ...]
    roll_hash: bytes
    transcript_hash: bytes
    confirmations: tuple[tuple[bytes, bytes], ...]

    @property
    def point(self) -> bytes:
        return word(self.x) + word(self.y)

    @property
    def address(self) -> bytes:
        """That of the key: what a secret's multiple of the generator has to come to."""
        return curve.address_of(self.point)

    @property
    def struct_hash(self) -> bytes:
        return typed_data.seal_key_hash(self.x, self.y, self.threshold, self.share_keys, self.roll_hash, self.transcript_hash)

    @classmethod
    def of(cls, parameters: tuple[Any, ...], key: tuple[Any, ...], confirmations: Sequence[tuple[bytes, bytes]]) -> "Sealing":
        """From the inputs of announceSealedPoll."""
        x, y, threshold, share_keys, roll_hash, transcript_hash = key
        pairs = tuple((share, identity) for share, identity in confirmations)
        return cls(parameters[1], parameters[2], x, y, threshold, tuple(share_keys), roll_hash, transcript_hash, pairs)


class Sealed(NamedTuple):
    """A ballot to be opened; `sealed` are its 40 bytes."""

    index: int  # type: ignore[assignment]  # hides a method of tuples, which nobody calls
    sequence: int
    sealed: bytes


def is_valid(plain: int, motions: int) -> bool:
    """Whether every motion has one of three choices, and nothing stands above them."""
    return plain >> 2 * motions == 0 and all(plain >> 2 * motion & 3 for motion in range(motions))


def choices_of(plain: int, motions: int) -> tuple[int, ...]:
    """The choice in each motion; nothing for an invalid ballot."""
    return tuple(plain >> 2 * motion & 3 for motion in range(motions)) if plain else ()


def opened(one: Sealed, secret: bytes, separator: bytes, motions: int) -> int:
    """The plain value of a ballot; 0 when it is invalid."""
    seal, sealed_choice = one.sealed[:32], one.sealed[32:]
    shared = curve.times_even(seal, secret)
    if shared is None:
        return 0
    hiding = keccak(_SEAL + separator + word(one.index) + word(one.sequence) + seal + bytes(12) + curve.address_of(shared))[:8]
    plain = int.from_bytes(sealed_choice, "big") ^ int.from_bytes(hiding, "big")
    return plain if is_valid(plain, motions) else 0


def open_part(part: Sequence[Sealed], secret: bytes, separator: bytes, motions: int) -> list[int]:
    """The plain values of many ballots; the secret as 32 bytes."""
    return [opened(one, secret, separator, motions) for one in part]


def record_of(index: int, voting_class: int, point: bytes, sequence: int, sealed: bytes) -> bytes:
    """A ballot as the box has it."""
    return index.to_bytes(32, "big")[-4:] + bytes([voting_class]) + point + bytes([sequence]) + sealed


def start_of_piece(records: Sequence[bytes], boxes: Sequence[bytes], left: int, before: bytes, handed: bytes) -> int | None:
    """The place of the first record of a piece that a `count` took out of a box of `left` records; None when it took none.

    The piece stands at the front of what was handed in; whole records behind it are ignored, as by the contract. `boxes` are the numbers
    before the first record and after each.
    """
    most, rest = divmod(len(handed), RECORD_BYTES)
    starts = range(left - 1, max(0, left - most) - 1, -1) if rest == 0 else ()
    start = next((place for place in starts if boxes[place] == before), None)
    return start if start is not None and handed.startswith(b"".join(records[start:left])) else None


def counted_of(index: int, sequence: int, plain: int, motions: int) -> bytes:
    """A ballot as BallotsCounted has it."""
    if motions == 1:
        return index.to_bytes(4, "big") + bytes([sequence << 2 | plain])
    return index.to_bytes(4, "big") + bytes([sequence << 2]) + plain.to_bytes(4, "big")
