"""Draws up a register from the merged lenders: secret order, blinds, commitments, tree, class totals (protocol §3, §4)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.case.register.crypto import CURVE_ORDER, CommittedLeaves, LeafOpening, commit, commit_leaves, random_blind, sum_of_points
from backend.case.register.merkle import Tree
from backend.case.register.views import FrozenClass


@dataclass(frozen=True, slots=True)
class Voter:
    """A lender who gets a leaf: place in the import, class number, merged amount above 0."""

    lender_number: int
    voting_class: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class DrawnLeaf:
    """One leaf with its opening and whose it is; `point` is x ‖ y."""

    opening: LeafOpening
    lender_number: int
    point: bytes


@dataclass(frozen=True)
class Draft:
    """A register ready to be stored and signed."""

    tree: Tree
    classes: Sequence[FrozenClass]
    _chunks: Sequence[CommittedLeaves] = field(repr=False)
    _order: Sequence[Voter] = field(repr=False)

    def leaves(self) -> Iterator[DrawnLeaf]:
        """Every leaf in index order."""
        for chunk in self._chunks:
            for place, opening in enumerate(chunk.openings):
                yield DrawnLeaf(opening, self._order[opening.index].lender_number, chunk.points[64 * place : 64 * place + 64])


def draw_up(voters: Sequence[Voter], class_names: Sequence[str]) -> Draft:
    """Shuffle, blind, commit and build the tree. Every class of `class_names` has a voter.

    Raises: ArithmeticError if the commitments do not add up to the totals: then this machine computes wrongly.
    """
    order = list(voters)
    random.SystemRandom().shuffle(order)
    openings = [LeafOpening(index, voter.voting_class, voter.amount_fen, random_blind()) for index, voter in enumerate(order)]
    chunks = list(commit_leaves(openings, len(openings)))
    classes = [_class_of(number, name, openings) for number, name in enumerate(class_names)]
    for number, frozen in enumerate(classes):
        _check_sum(number, frozen, chunks)
    return Draft(Tree(b"".join(chunk.hashes for chunk in chunks)), classes, chunks, order)


def _class_of(number: int, name: str, openings: Sequence[LeafOpening]) -> FrozenClass:
    mine = [opening for opening in openings if opening.voting_class == number]
    fen = sum(opening.amount_fen for opening in mine)
    return FrozenClass(name, len(mine), fen, sum(opening.blind for opening in mine) % CURVE_ORDER)


def _check_sum(number: int, frozen: FrozenClass, chunks: Sequence[CommittedLeaves]) -> None:
    partial = []
    for chunk in chunks:
        mine = [place for place, opening in enumerate(chunk.openings) if opening.voting_class == number]
        if mine:
            partial.append(sum_of_points(chunk.points[64 * place : 64 * place + 64] for place in mine))
    if sum_of_points(partial) != commit(frozen.amount_fen, frozen.blind):
        raise ArithmeticError("the commitments of a class do not add up to its totals")
