"""Seals, shares and the box in numbers (protocol §21.1, §22.5): what a trustee, a lender or a counter works out. Knows no node."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import coincurve

from backend.ground.common.hashing import keccak

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
MAX_MOTIONS = 16
SEAL_BYTES, CHOICE_BYTES, RECORD_BYTES = 32, 8, 110
EMPTY_BOX = bytes(32)
_SEPARATOR = keccak(b"LenderVote/1/seal")
_RECORD = struct.Struct(">IB64sB32s8s")


@dataclass(frozen=True)
class Record:
    """One ballot in the box: index, class, commitment (x ‖ y, 64 bytes), sequence, seal (32 bytes) and sealed choice (8 bytes)."""

    index: int
    voting_class: int
    point: bytes
    sequence: int
    seal: bytes
    sealed_choice: bytes

    def encode(self) -> bytes:
        """110 bytes, as they are folded and counted."""
        return _RECORD.pack(self.index, self.voting_class, self.point, self.sequence, self.seal, self.sealed_choice)


def read_record(packed: bytes) -> Record:
    """The inverse of `Record.encode`. Raises: struct.error for another length."""
    return Record(*_RECORD.unpack(packed))


def fold(box: bytes, records: Iterable[bytes]) -> bytes:
    """The box's number after these records of 110 bytes each."""
    for record in records:
        box = keccak(box + record)
    return box


def is_point_x(seal: bytes) -> bool:
    """Whether a seal can have been made as the protocol says: below n, and the x of a point."""
    if not 0 < int.from_bytes(seal, "big") < ORDER:
        return False
    try:
        coincurve.PublicKey(b"\x02" + seal)
    except Exception:  # the library's own errors are bare Exceptions
        return False
    return True


def address_of_point(point: coincurve.PublicKey) -> bytes:
    """addr(P), 20 bytes."""
    return keccak(point.format(compressed=False)[1:])[12:]


def address_of_secret(secret: int) -> bytes:
    """addr(secret*G), 20 bytes; 20 zero bytes for a number that is no secret of the group."""
    if not 0 < secret < ORDER:
        return bytes(20)
    return address_of_point(coincurve.PublicKey.from_valid_secret(secret.to_bytes(32, "big")))


def word(separator: bytes, index: int, sequence: int, seal: bytes, shared: bytes) -> bytes:
    """The eight bytes that hide a plain value; `shared` is addr(S), 20 bytes."""
    numbers = index.to_bytes(32, "big") + sequence.to_bytes(32, "big") + seal
    return keccak(_SEPARATOR + separator + numbers + bytes(12) + shared)[:8]


def plain_value(choices: Sequence[int]) -> int:
    """Choices of all motions as one number, two bits a motion from the lowest."""
    return sum(choice << 2 * motion for motion, choice in enumerate(choices))


def choices_of(plain: int, motions: int) -> tuple[int, ...]:
    """The choice in each motion, 1 to 3; all 0 for a plain value that is none: one motion's is missing, or another bit is set."""
    choices = tuple(plain >> 2 * motion & 3 for motion in range(motions))
    return choices if all(choices) and plain >> 2 * motions == 0 else (0,) * motions


def open_ballot(
    secret: int, separator: bytes, motions: int, index: int, sequence: int, seal: bytes, sealed_choice: bytes
) -> tuple[int, ...]:
    """What a sealed ballot holds, a choice for each motion; all 0 when it is invalid."""
    if not is_point_x(seal):
        return (0,) * motions
    shared = address_of_point(coincurve.PublicKey(b"\x02" + seal).multiply(secret.to_bytes(32, "big")))
    hidden = word(separator, index, sequence, seal, shared)
    return choices_of(int.from_bytes(sealed_choice, "big") ^ int.from_bytes(hidden, "big"), motions)


def secret_from(shares: Mapping[int, int]) -> int:
    """x from the shares of t seats, numbered from 0 (protocol §22.5)."""
    total = 0
    for i, share in shares.items():
        top, bottom = 1, 1
        for j in shares:
            if j != i:
                top, bottom = top * (j + 1) % ORDER, bottom * (j - i) % ORDER
        total += share * top * pow(bottom, -1, ORDER)
    return total % ORDER
