"""The generators: points of which nobody knows how one follows from another (protocol §2, §4.2)."""

from __future__ import annotations

from functools import cache

from verifier.ranges.group import ORDER, NotAPoint, Point, keccak, read, word, write

BITS = 64
MOST_LEAVES = 64
MOST = BITS * MOST_LEAVES
#: keccak of G, H, all G_i and all H_i; `digest()` works it out.
DIGEST = bytes.fromhex("5132d8372233b68ae0e872149872ff65d586e8baac08bca36da381ea75b4815c")
G: Point = read(b"\x02" + word(0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798))


def hashed(label: bytes) -> Point:
    """The first hash of label and counter that is the x of a point, with the even y."""
    counter = 0
    while True:
        x = keccak(label + counter.to_bytes(4, "big"))
        if 0 < int.from_bytes(x, "big") < ORDER:
            try:
                return read(b"\x02" + x)
            except NotAPoint:
                pass
        counter += 1


H: Point = hashed(b"LenderVote/1/H")


@cache
def _all(kind: bytes, count: int) -> tuple[Point, ...]:
    return tuple(hashed(b"LenderVote/1/range " + kind + i.to_bytes(4, "big")) for i in range(count))


def generators(leaves: int) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """G_i and H_i for a chunk of so many leaves."""
    return _all(b"G", BITS * leaves), _all(b"H", BITS * leaves)


def digest() -> bytes:
    """The generators' digest from the generators themselves."""
    of_g, of_h = generators(MOST_LEAVES)
    return keccak(b"".join(write(point) for point in (G, H, *of_g, *of_h)))
