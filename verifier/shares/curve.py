"""secp256k1: scalars and points, by libsecp256k1 (protocol §22)."""

from __future__ import annotations

from collections.abc import Iterable

from coincurve import PublicKey

from verifier.shares.hashes import keccak, word

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
POINT_BYTES = 33


class NotAPoint(Exception):
    """Bytes that are no compressed point, or a sum that is infinity."""


class Point:
    """A point other than infinity; equal by value."""

    def __init__(self, key: PublicKey) -> None:
        self._key = key

    @classmethod
    def read(cls, data: bytes) -> Point:
        """From 33 bytes. Raises: NotAPoint."""
        if len(data) != POINT_BYTES:
            raise NotAPoint
        try:
            return cls(PublicKey(data))
        except ValueError as error:
            raise NotAPoint from error

    @classmethod
    def of(cls, scalar: int) -> Point:
        """scalar*G. Raises: NotAPoint for a multiple of the order."""
        if scalar % ORDER == 0:
            raise NotAPoint
        return cls(PublicKey.from_secret(word(scalar % ORDER)))

    @property
    def compressed(self) -> bytes:
        """33 bytes."""
        data: bytes = self._key.format(compressed=True)
        return data

    @property
    def xy(self) -> tuple[int, int]:
        """The coordinates."""
        data: bytes = self._key.format(compressed=False)
        return int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:], "big")

    @property
    def address(self) -> bytes:
        """The last 20 bytes of the coordinates' hash."""
        data: bytes = self._key.format(compressed=False)
        return keccak(data[1:])[-20:]

    def times(self, scalar: int) -> Point:
        """Raises: NotAPoint for a multiple of the order."""
        if scalar % ORDER == 0:
            raise NotAPoint
        return Point(self._key.multiply(word(scalar % ORDER)))

    @classmethod
    def total(cls, points: Iterable[Point]) -> Point:
        """Their sum. Raises: NotAPoint when it is infinity or there are none."""
        keys = [point._key for point in points]
        if not keys:
            raise NotAPoint
        try:
            return cls(PublicKey.combine_keys(keys))
        except ValueError as error:
            raise NotAPoint from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and self.compressed == other.compressed

    def __hash__(self) -> int:
        return hash(self.compressed)


def scalar_of(hashed: bytes) -> int:
    """1 to order - 1 from a hash of 512 bits."""
    return 1 + int.from_bytes(hashed, "big") % (ORDER - 1)


def scalar_of_text(m: bytes) -> int:
    """The scalar of two Keccak hashes (protocol §22.1)."""
    return scalar_of(keccak(b"\x00" + m) + keccak(b"\x01" + m))
