"""One sealed ballot, checked on a second device or with the poll's secret (protocol §21.1, §22.5)."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.shares.curve import ORDER, NotAPoint, Point
from verifier.shares.hashes import keccak, word
from verifier.trustee.key_errors import SealHoldsAnother, SealIsAnother

_SEAL = keccak(b"LenderVote/1/seal")


@dataclass(frozen=True)
class Seal:
    """Forty bytes, and where they are cast: the poll's domain separator, index and sequence."""

    separator: bytes
    index: int
    sequence: int
    seal: int
    sealed_choice: int

    def opened(self, x: int, motions: int) -> int:
        """The plain value under the poll's secret; 0 for an invalid ballot."""
        point = even(self.seal)
        if point is None:
            return 0
        plain = self.sealed_choice ^ self._word(point.times(x))
        return plain if is_valid(plain, motions) else 0

    def check(self, k: int, plain: int, key: Point) -> None:
        """What a second device does. Raises: SealIsAnother, SealHoldsAnother."""
        try:
            shown = Point.of(k) if 0 < k < ORDER else None
        except NotAPoint:
            shown = None
        if shown is None or shown != even(self.seal):
            raise SealIsAnother
        if self.sealed_choice ^ self._word(key.times(k)) != plain:
            raise SealHoldsAnother

    def _word(self, shared: Point) -> int:
        numbers = word(self.index) + word(self.sequence) + word(self.seal)
        return int.from_bytes(keccak(_SEAL + self.separator + numbers + bytes(12) + shared.address)[:8], "big")


def even(seal: int) -> Point | None:
    """The point with that x and an even y."""
    if not 0 < seal < ORDER:
        return None
    try:
        return Point.read(b"\x02" + word(seal))
    except NotAPoint:
        return None


def is_valid(plain: int, motions: int) -> bool:
    """Whether every motion has one of three choices, and nothing stands above them."""
    return plain >> 2 * motions == 0 and all(plain >> 2 * motion & 3 for motion in range(motions))
