"""leaves.csv in parts: every part is read, put on the curve's test, hashed and added up by itself (protocol §4, §12).

A part is a whole subtree of the register's tree, so that the root follows from the parts' own roots.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from verifier.tally import curve, merkle
from verifier.tally.findings import Wrong

HEADER = b"index,voting_class,x,y"
PART_DEPTH = 13
PART = 2**PART_DEPTH  # lines
_LEAF = re.compile(rb"(0|[1-9][0-9]{0,7}),(0|[1-9][0-9]?),([0-9a-fA-F]{64}),([0-9a-fA-F]{64})\n?")


@dataclass(frozen=True)
class Part:
    """The leaves from one index on: classes and points (64 bytes each), what is wrong with lines, the subtree's root, the indexes of
    points off the curve, and heads and sum of commitments by class (nothing when a point is off the curve)."""

    classes: bytes
    points: bytes
    wrong: list[Wrong]
    root: bytes
    off: list[int]
    totals: dict[int, tuple[int, bytes]]


@dataclass
class Leaves:
    """The register: class and commitment (64 bytes) by index, and for each line that is no leaf what is wrong with it."""

    classes: bytearray = field(default_factory=bytearray)
    points: bytearray = field(default_factory=bytearray)
    wrong: list[Wrong] = field(default_factory=list)
    roots: list[bytes] = field(default_factory=list)
    off: list[int] = field(default_factory=list)
    totals: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.classes)

    def point(self, index: int) -> bytes:
        """A leaf's commitment."""
        return bytes(self.points[64 * index : 64 * index + 64])

    def take(self, part: Part) -> None:
        """Add the next part."""
        self.classes += part.classes
        self.points += part.points
        self.wrong += part.wrong
        self.roots.append(part.root)
        self.off += part.off
        for voting_class, total in part.totals.items():
            self.totals.setdefault(voting_class, []).append(total)

    def root(self) -> bytes:
        """The root of the tree over all leaves."""
        if not self.classes:
            return merkle.ZERO
        depth = merkle.depth_of(len(self))
        if depth < PART_DEPTH:  # one part, whose subtree is higher than the tree
            return _subtree(self.classes, self.points, 0, depth)
        return merkle.row_root(self.roots, PART_DEPTH, depth)


def _subtree(classes: bytes | bytearray, points: bytes | bytearray, first: int, depth: int) -> bytes:
    hashes = [merkle.leaf_hash(first + i, classes[i], bytes(points[64 * i : 64 * i + 64])) for i in range(len(classes))]
    return merkle.row_root(hashes, 0, depth)


def read_part(given: tuple[int, Sequence[bytes]]) -> Part:
    """The lines of one part; `given` is the index that the first of them should have, and the lines."""
    first, lines = given
    classes, points, wrong = bytearray(), bytearray(), []
    for index, line in enumerate(lines, start=first):
        match = _LEAF.fullmatch(line)
        place = f"leaves.csv line {index + 2}"
        if match is None:
            wrong.append(Wrong("register.leaves", place, "is no leaf", "index,voting_class,x,y", line.removesuffix(b"\n")))
            continue
        stated, voting_class, x, y = match.groups()
        if int(stated) != index:
            wrong.append(Wrong("register.order", place, "index is out of order", index, int(stated)))
        classes.append(int(voting_class))
        points += bytes.fromhex((x + y).decode())
    if wrong:  # nothing can be said about the tree and the sums
        return Part(bytes(classes), bytes(points), wrong, merkle.ZERO, [], {})
    off = [first + i for i in range(len(classes)) if not curve.is_on_curve(bytes(points[64 * i : 64 * i + 64]))]
    totals = {} if off else _totals(classes, points)
    return Part(bytes(classes), bytes(points), [], _subtree(classes, points, first, PART_DEPTH), off, totals)


def _totals(classes: bytes | bytearray, points: bytes | bytearray) -> dict[int, tuple[int, bytes]]:
    members: dict[int, list[bytes]] = {}
    for i, voting_class in enumerate(classes):
        members.setdefault(voting_class, []).append(bytes(points[64 * i : 64 * i + 64]))
    return {voting_class: (len(found), curve.add(found)) for voting_class, found in members.items()}
