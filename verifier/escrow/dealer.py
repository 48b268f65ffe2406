"""All that the dealer makes, from a seed: the same claims, openings and seed make the same bytes (protocol §23.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from verifier.escrow.context import MOST_SEATS, Frozen, context
from verifier.escrow.files import Leaf, header_of, written
from verifier.shares.boxes import mac_scalar, sealed
from verifier.shares.curve import Point
from verifier.shares.polynomials import value_at

SEED_BYTES = 32


@dataclass(frozen=True)
class Dealer:
    """Raises: ValueError where threshold, receivers or seed are none that an escrow can have."""

    register: Frozen
    threshold: int
    transports: tuple[Point, ...]
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not 2 <= self.threshold <= len(self.transports) <= MOST_SEATS or len(set(self.transports)) != len(self.transports):
            raise ValueError("threshold and transport keys do not fit")
        if len(self.seed) != SEED_BYTES:
            raise ValueError("the seed is 32 bytes")

    @cached_property
    def context(self) -> bytes:
        """c."""
        return context(self.register, self.threshold, self.transports)

    @cached_property
    def commitments(self) -> tuple[Point, ...]:
        """A_0 to A_t-1, public."""
        return tuple(Point.of(one) for one in self._polynomial)

    @cached_property
    def boxes(self) -> tuple[bytes, ...]:
        """Each trustee's share, for that trustee alone."""
        values = [value_at(self._polynomial, seat + 1) for seat in range(len(self.transports))]
        return tuple(
            sealed(value, mac_scalar(self.seed, self.context, f"e {seat}"), transport, self.context, seat)
            for seat, (value, transport) in enumerate(zip(values, self.transports, strict=True))
        )

    def file(self, leaves: Iterable[Leaf]) -> Iterator[bytes]:
        """The encrypted openings, piece by piece, of leaves by rising index. Raises: ValueError when they are not as many as frozen."""
        header = header_of(self.context, self.commitments)
        return written(header, self._polynomial[0], leaves, self.register.leaf_count)

    @cached_property
    def _polynomial(self) -> Sequence[int]:
        rest = (mac_scalar(self.seed, self.context, f"a {k}") for k in range(1, self.threshold))
        return [mac_scalar(self.seed, self.context, "z"), *rest]
