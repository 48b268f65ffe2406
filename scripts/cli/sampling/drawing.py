"""Draws from a register, from its openings file and a node, and proves the draw; amounts stay with whoever has the openings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.ranges.group import keccak
from verifier.ranges.transcript import Frozen
from verifier.register.comparison import Leaves
from verifier.register.freeze import Freeze, Place, classes_hash
from verifier.register.leaf_lines import Header, Leaf, read_header, read_leaf
from verifier.register.openings import Openings
from verifier.register.work import work_out
from verifier.sampling import intervals, paper
from verifier.sampling.draw import indexes_of, points_of, seed_of

from .chain import FrozenThere
from .errors import OpeningsOfAnotherRegister, RegisterTooSmall, SampleUnreadable

DRAW = "draw.json"
Told = Callable[[str, int, int], None]
"""Hears of a piece of work: its name, how much is done, how much there is."""


@dataclass(frozen=True)
class Opened:
    """A register's openings: what it is, its leaves by index, and the rows of the claims file behind each."""

    header: Header
    leaves: Leaves
    rows: Sequence[Sequence[int]]
    points: bytes
    worked_out: Freeze

    @property
    def total_fen(self) -> int:
        return sum(self.leaves.amounts)


def open_register(path: Path, password: str, there: FrozenThere, case: bytes, number: int, told: Told) -> Opened:
    """Raises: OpeningsOfAnotherRegister, verifier.register.refusals.NotCompared, LineWrong, OSError."""
    openings, leaves, rows, points = Openings(path, password), Leaves(), list[list[int]](), bytearray()
    openings.check(lambda done: told("open", done, openings.content_bytes))
    lines = openings.lines()
    header = read_header(next(lines, b""))
    if (header.case, header.chain_id, header.register_number) != ("0x" + case.hex(), there.chain_id, number):
        raise OpeningsOfAnotherRegister(number=number, what=f"{header.case}, {header.chain_id}, {header.register_number}")
    for line in lines:
        leaf: Leaf = read_leaf(line)
        leaves.add(leaf)
        rows.append(leaf.rows)

    def seen(index: int, _class: int, point: bytes) -> None:
        points.extend(point)
        told("work", index + 1, len(leaves))

    worked_out = work_out(Place(case, there.chain_id, number), header.class_names, leaves, seen)
    if worked_out.root != there.root:
        raise OpeningsOfAnotherRegister(number=number, what=f"root 0x{worked_out.root.hex()}")
    return Opened(header, leaves, rows, bytes(points), worked_out)


@dataclass(frozen=True)
class Drawn:
    """A draw with its proofs; `hits` says for each leaf how often it was hit."""

    draw: paper.Draw
    proofs: bytes
    hits: Mapping[int, int]
    points: Sequence[int] = ()


def draw_from(opened: Opened, there: FrozenThere, draws: int, told: Told) -> Drawn:
    """The leaves that the seed hits, or all of them without draws. Raises: RegisterTooSmall."""
    leaves, number = opened.leaves, opened.worked_out.place.register_number
    count = len(leaves)
    if draws >= count:
        raise RegisterTooSmall(leaves=count, draws=draws)
    seed = seed_of(there.root, there.block_hash)
    points = points_of(seed, draws, opened.total_fen)
    indexes = indexes_of(points, leaves.amounts)
    proofs = _proofs(opened, seed, points, indexes, told) if draws else b""
    draw = paper.Draw(number, there.root, there.block_number, there.block_hash, indexes, keccak(proofs) if proofs else bytes(32))
    hits = {index: indexes.count(index) for index in sorted(set(indexes))} if draws else dict.fromkeys(range(count), 1)
    return Drawn(draw, proofs, hits, points)


def _proofs(opened: Opened, seed: bytes, points: Sequence[int], indexes: Sequence[int], told: Told) -> bytes:
    leaves, out = opened.leaves, opened.worked_out
    frozen = Frozen(out.place.chain_id, out.place.case, out.place.register_number, out.root, out.leaf_count, classes_hash(out.classes))
    context = intervals.context_of(frozen.context, seed, indexes)
    commitments = intervals.commitments_of(points, indexes, opened.points)
    blinds = (int.from_bytes(leaves.blinds[32 * at : 32 * at + 32], "big") for at in range(len(leaves)))
    openings = intervals.openings_of(points, indexes, list(zip(leaves.amounts, blinds, strict=True)))
    proofs = []
    for chunk, proof in intervals.prove_draws(context, openings, commitments):
        proofs.append(proof)
        told("prove", chunk.start + chunk.leaves, len(openings))
    return intervals.file_of(context, len(openings), proofs)


def keep(drawn: Drawn, opened: Opened, folder: Path) -> None:
    """Write the draw and its proofs. Neither tells an amount."""
    draw, place = drawn.draw, opened.worked_out.place
    content = {
        "block": {"hash": "0x" + draw.block_hash.hex(), "number": draw.block_number},
        "case": "0x" + place.case.hex(),
        "chain_id": place.chain_id,
        "indexes": list(draw.indexes),
        "proofs_hash": "0x" + draw.proofs_hash.hex(),
        "register_number": draw.register_number,
        "root": "0x" + draw.root.hex(),
        "total_fen": opened.total_fen,
        "leaves": sorted(drawn.hits),
    }
    (folder / DRAW).write_bytes(paper.written(content))
    if drawn.proofs:
        (folder / intervals.NAME).write_bytes(drawn.proofs)


@dataclass(frozen=True)
class Kept:
    """A draw as it was kept: for which case, of how many fen, about which leaves."""

    draw: paper.Draw
    case: bytes
    chain_id: int
    total_fen: int
    leaves: Sequence[int]


def kept(folder: Path) -> Kept:
    """What `keep` wrote. Raises: SampleUnreadable."""
    try:
        found = json.loads((folder / DRAW).read_bytes())
        block = found["block"]
        hashes = [bytes.fromhex(text[2:]) for text in (found["root"], block["hash"], found["proofs_hash"], found["case"])]
        root, block_hash, proofs_hash, case = hashes
        draw = paper.Draw(found["register_number"], root, block["number"], block_hash, found["indexes"], proofs_hash)
        return Kept(draw, case, found["chain_id"], found["total_fen"], found["leaves"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SampleUnreadable(folder=folder, name=DRAW) from error
