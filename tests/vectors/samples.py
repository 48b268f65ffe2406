"""samples.json: seed, points, the sums that prove a draw, and bounds, worked out apart in whole numbers and fractions (protocol §4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil, comb
from typing import Any

from tests.vectors import reference as ref
from tests.vectors.range_prover import N, Ranged, chunks, file_of, prove
from tests.vectors.ranges import drawing, leaves_of, register_of, written
from tests.vectors.seeds import hex_of

DRAWS = 3
BLOCK_HASH = ref.keccak(b"a block, sixteen later")
BOUNDS = ((90, 0), (90, 1), (90, 2), (90, 45), (90, 89), (90, 90), (459, 0), (459, 3), (0, 0), (0, 1))


@dataclass(frozen=True)
class Sampled(Ranged):
    """Commitments of a draw in the place of leaves."""

    its_context: bytes = b""

    def context(self) -> bytes:
        return self.its_context


def seed_of(root: bytes) -> bytes:
    return ref.keccak(ref.keccak(b"LenderVote/1/sample") + root + BLOCK_HASH)


def points_of(seed: bytes, draws: int, total: int) -> list[int]:
    return [int.from_bytes(ref.keccak(seed + number.to_bytes(4, "big")), "big") % total for number in range(draws)]


def drawn_from(amounts: Sequence[int], points: Sequence[int]) -> list[int]:
    """One by one, fen by fen as it were."""
    found = []
    for point in points:
        index, rest = 0, point
        while rest >= amounts[index]:
            rest, index = rest - amounts[index], index + 1
        found.append(index)
    return found


def context_of(register: bytes, seed: bytes, indexes: Sequence[int]) -> bytes:
    kinds = ["bytes32", "uint256", "bytes32", "bytes32", "uint256", "bytes32"]
    told = ref.keccak(b"".join(one.to_bytes(4, "big") for one in indexes))
    return ref.keccak(ref.encode(kinds, [ref.keccak(b"LenderVote/1/sample proofs"), 1, register, seed, len(indexes), told]))


def sums_of(register: Ranged, points: Sequence[int], indexes: Sequence[int]) -> list[ref.Point]:
    """D and E of every draw, from the leaves' points alone."""
    every, found = register.points(), []
    for point, index in zip(points, indexes, strict=True):
        before = reduce(ref.add, every[:index], ref.INFINITY)
        found.append(ref.add(ref.add(ref.multiply(point, ref.G), ref.H), ref.negate(before)))
        found.append(ref.add(ref.add(before, every[index]), ref.negate(ref.multiply(point + 1, ref.G))))
    return found


def openings_of(register: Ranged, points: Sequence[int], indexes: Sequence[int]) -> list[tuple[int, int, int]]:
    found = []
    for point, index in zip(points, indexes, strict=True):
        amount = sum(one for _, one, _ in register.leaves[:index])
        blind = sum(one for _, _, one in register.leaves[:index])
        _, mine, its = register.leaves[index]
        found += [(0, point - amount, (1 - blind) % N), (0, amount + mine - 1 - point, (blind + its) % N)]
    return found


def bound(draws: int, wrong: int) -> int:
    """By trial of every millionth from a guess on, in fractions."""
    if wrong >= draws:
        return 10**6 if wrong else 0
    low, high = 0, 10**6
    while low < high:
        middle = (low + high) // 2
        p = Fraction(middle, 10**6)
        chance = sum(comb(draws, found) * p**found * (1 - p) ** (draws - found) for found in range(wrong + 1))
        low, high = (low, middle) if chance <= Fraction(1, 100) else (middle + 1, high)
    return low


def samples_file() -> dict[str, Any]:
    register = register_of(leaves_of("seven", 7))
    amounts = [amount for _, amount, _ in register.leaves]
    seed, total = seed_of(register.root), sum(amounts)
    points = points_of(seed, DRAWS, total)
    indexes = drawn_from(amounts, points)
    context = context_of(register.context(), seed, indexes)
    mine = Sampled(
        register.chain_id, register.case, 3, register.root, register.classes_hash, openings_of(register, points, indexes), context
    )
    sums = sums_of(register, points, indexes)
    assert mine.points() == sums
    proofs = [prove(mine, start, m, drawing("sample", number))[0] for number, (start, m) in enumerate(chunks(2 * DRAWS))]
    return {
        "register": written("seven", register),
        "block_hash": hex_of(BLOCK_HASH),
        "seed": hex_of(seed),
        "total_fen": str(total),
        "points_of_90": [str(one) for one in points_of(seed, 90, total)],
        "draws": DRAWS,
        "indexes": indexes,
        "context": hex_of(context),
        "sums": [hex_of(ref.word(x) + ref.word(y)) for x, y in sums],
        "file": hex_of(file_of(mine, proofs)),
        "bounds": [
            {
                "draws": draws,
                "wrong": wrong,
                "millionths": bound(draws, wrong),
                "fen": str(ceil(Fraction(bound(draws, wrong) * total, 10**6))),
            }
            for draws, wrong in BOUNDS
        ],
    }
