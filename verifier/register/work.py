"""From leaves that were found right to what is signed: commitments, tree, totals (protocol §3, §4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verifier.register.comparison import Leaves
from verifier.register.curve import ORDER, commitment
from verifier.register.freeze import ClassTotal, Freeze, Place
from verifier.register.tree import leaf_hash, root_over

Seen = Callable[[int, int, bytes], object]
"""Hears of each leaf: index, class, commitment as x ‖ y."""


def work_out(place: Place, class_names: Sequence[str], leaves: Leaves, seen: Seen) -> Freeze:
    """Every commitment, every leaf, the root and the totals; at least one leaf."""
    hashes = bytearray()
    heads, amounts, blinds = ([0] * len(class_names) for _ in range(3))
    for index in range(len(leaves)):
        voting_class, amount_fen = leaves.classes[index], leaves.amounts[index]
        blind = int.from_bytes(leaves.blinds[32 * index : 32 * index + 32], "big")
        point = commitment(amount_fen, blind)
        hashes += leaf_hash(index, voting_class, point)
        heads[voting_class] += 1
        amounts[voting_class] += amount_fen
        blinds[voting_class] = (blinds[voting_class] + blind) % ORDER
        seen(index, voting_class, point)
    totals = [ClassTotal(*values) for values in zip(class_names, heads, amounts, blinds, strict=True)]
    return Freeze(place, root_over(bytes(hashes)), len(leaves), totals)
