"""ranges.json and ranges_67.json: proofs that every leaf is in range, by a prover written apart, and wrong ones (protocol §4.2).

`python -m tests.vectors.ranges` writes ranges_67.json, which takes half a minute and is no part of `python -m tests.vectors.make`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.vectors import reference as ref
from tests.vectors.range_prover import MOST, N, Ranged, Transcript, chunks, file_of, generator, generators_digest, prove
from tests.vectors.seeds import CASE, CHAIN_ID, hex_of, hex_word, seeded, xy

Leaf = tuple[int, int, int]
LARGE = Path(__file__).parent / "ranges_67.json"
SHOWN = (0, 1, 2, 63, 64, MOST - 1)
HEADER = 44
MAGIC_BYTES = 8


def leaves_of(name: str, count: int) -> list[Leaf]:
    """Class, amount and blind by the rule that the README states."""
    seed = f"LenderVote/vector/ranges/{name}"
    return [(i % 2, seeded(f"{seed}/{i}/amount") % 10**10, seeded(f"{seed}/{i}/blind") % (N - 1) + 1) for i in range(count)]


def register_of(leaves: Sequence[Leaf], number: int = 3) -> Ranged:
    points = [ref.commit(amount, blind) for _, amount, blind in leaves]
    root = ref.tree([ref.leaf_hash(i, leaf[0], point) for i, (leaf, point) in enumerate(zip(leaves, points, strict=True))])[-1][0]
    totals = []
    for voting_class in range(max(leaf[0] for leaf in leaves) + 1):
        mine = [leaf for leaf in leaves if leaf[0] == voting_class]
        totals.append((len(mine), sum(leaf[1] for leaf in mine) % N, sum(leaf[2] for leaf in mine) % N))
    classes_hash = ref.keccak(ref.encode(["(uint256,uint256,uint256)[]"], [totals]))
    return Ranged(CHAIN_ID, CASE, number, root, classes_hash, leaves)


def drawing(name: str, chunk: int) -> Callable[[str], int]:
    return lambda what: seeded(f"LenderVote/vector/ranges/{name}/{chunk}/{what}") % N


def proofs_of(name: str, register: Ranged) -> list[tuple[bytes, Transcript]]:
    return [prove(register, start, m, drawing(name, number)) for number, (start, m) in enumerate(chunks(len(register.leaves)))]


def written(name: str, register: Ranged) -> dict[str, Any]:
    """A register as a verifier needs it, with openings besides."""
    rows = [
        {"index": i, "voting_class": leaf[0], "amount_fen": str(leaf[1]), "blind": hex_word(leaf[2]), **xy(point)}
        for i, (leaf, point) in enumerate(zip(register.leaves, register.points(), strict=True))
    ]
    return {
        "name": name,
        "chain_id": register.chain_id,
        "case": hex_of(register.case),
        "register_number": register.register_number,
        "root": hex_of(register.root),
        "classes_hash": hex_of(register.classes_hash),
        "leaf_count": len(rows),
        "context": hex_of(register.context()),
        "leaves": rows,
    }


def with_file(name: str, register: Ranged, proofs: Sequence[tuple[bytes, Transcript]]) -> dict[str, Any]:
    file = file_of(register, [proof for proof, _ in proofs])
    rows, at = [], HEADER
    for number, ((start, m), (proof, told)) in enumerate(zip(chunks(len(register.leaves)), proofs, strict=True)):
        states = dict(told.states[:5])
        rows.append(
            {"chunk": number, "start": start, "leaves": m, "at": at, "bytes": len(proof)}
            | {f"s_{letter}": hex_of(state) for letter, state in states.items()}
            | {"s_r": [hex_of(state) for _, state in told.states[5:]]}
        )
        at += len(proof)
    return written(name, register) | {"chunks": rows, "file": hex_of(file), "file_hash": hex_of(ref.keccak(file))}


# --- what has to be refused ------------------------------------------------------------------------------------------------------------


def wrong(name: str, register: str, finding: str, file: bytes, *named: int) -> dict[str, Any]:
    return {"name": name, "register": register, "finding": finding, "chunks": list(named), "file": hex_of(file)}


def changed(file: bytes, at: int, content: bytes) -> bytes:
    assert file[at : at + len(content)] != content
    return file[:at] + content + file[at + len(content) :]


def headers(name: str, file: bytes) -> list[dict[str, Any]]:
    """What is wrong before any proof is looked at."""
    return [
        wrong(title, name, "ranges.file", content)
        for title, content in (
            ("no byte at all", b""),
            ("the header alone", file[:HEADER]),
            ("another magic", changed(file, 0, b"LVRANG02")),
            ("another context", changed(file, MAGIC_BYTES, bytes(32))),
            ("another number of leaves", changed(file, 40, bytes([0, 0, 0, 8]))),
            ("a byte short", file[:-1]),
            ("a byte too long", file + b"\x00"),
            ("a proof left out", file[:-688]),
            ("a proof twice", file + file[-688:]),
        )
    ]


def bytes_changed(name: str, file: bytes, at: int) -> list[dict[str, Any]]:
    """Chunk 1, of two leaves and seven rounds, which begins at `at`: encodings, and every number and point for itself."""
    places = {"A": 0, "S": 33, "T_1": 66, "T_2": 99, "L_1": 228, "R_1": 261, "L_7": 228 + 12 * 33, "R_7": 228 + 13 * 33}
    scalars = {"t": 132, "τ": 164, "μ": 196, "a": 690, "b": 722}
    another, found = b"\x02" + ref.word(ref.G[0]), []

    def one(title: str, place: int, content: bytes) -> None:
        found.append(wrong(title, name, "ranges.proof", changed(file, at + place, content), 1))

    for letter, place in places.items():
        one(f"another point for {letter}", place, another)
        one(f"{letter} with the other y", place, bytes([5 - file[at + place]]))
    for letter, place in scalars.items():
        value = int.from_bytes(file[at + place : at + place + 32], "big")
        one(f"{letter} more by one", place, ref.word((value + 1) % N))
        one(f"{letter} is zero", place, bytes(32))
        one(f"{letter} is n", place, ref.word(N))
        one(f"{letter} is the highest number of 32 bytes", place, b"\xff" * 32)
    one("A point with the first byte of one that is not compressed", 0, b"\x04")
    one("a point of zeros", 33, bytes(33))
    one("an x of p or more", 66, b"\x02" + ref.word(ref.P + 1))
    one("an x that is no point's", 99, b"\x02" + ref.word(5))
    one("L_1 and R_1 exchanged", 228, file[at + 261 : at + 294] + file[at + 228 : at + 261])
    one("t and τ exchanged", 132, file[at + 164 : at + 196] + file[at + 132 : at + 164])
    return found


def lies() -> tuple[dict[str, Ranged], list[dict[str, Any]]]:
    """Registers whose totals are right and whose leaves are not, proved as well as anybody can."""
    honest = leaves_of("seven", 7)
    sizes = {
        "negative": (4, -76849, 76849 + honest[4][1]),
        "wrapped": (4, 2**256 // 2, honest[4][1] - 2**256 // 2),
        "2^64": (6, 2**64, honest[6][1] - 2**64),
    }
    registers, refused = {}, []
    for name, (place, amount, rest) in sizes.items():
        leaves = list(honest)
        other = place - 4
        leaves[place] = (leaves[place][0], amount % N, leaves[place][2])
        leaves[other] = (leaves[other][0], (leaves[other][1] + rest) % N, leaves[other][2])
        register = register_of(leaves)
        registers[name] = register
        named = [i for i, (start, m) in enumerate(chunks(7)) if any(not 0 <= leaf[1] < 2**64 for leaf in leaves[start : start + m])]
        file = file_of(register, [proof for proof, _ in proofs_of(name, register)])
        refused.append(wrong(f"{name}, and the sum of the class is right", name, "ranges.proof", file, *named))
    return registers, refused


class Forgetful(Transcript):
    """A transcript that leaves something out, as several products did."""

    def __init__(self, register: Ranged, start: int, m: int, missing: str) -> None:
        points = register.points()[start : start + m]
        super().__init__(register.context(), start, points)
        every = b"".join(ref.word(x) + ref.word(y) for x, y in points)
        lengths = start.to_bytes(4, "big"), m.to_bytes(4, "big")
        given = {
            "any commitment": register.context() + b"".join(lengths),
            "the last commitment": register.context() + b"".join(lengths) + every[:-64],
            "the context": b"".join(lengths) + every,
            "the start": register.context() + lengths[1] + every,
        }
        self.state = ref.keccak(given[missing])


def forgotten(register: Ranged, proofs: Sequence[bytes]) -> list[dict[str, Any]]:
    """Proofs whose challenges do not cover all that they have to."""
    found, (start, m) = [], chunks(7)[1]
    for missing in ("any commitment", "the last commitment", "the context", "the start"):
        proof, _ = prove(register, start, m, drawing("seven", 1), transcript=Forgetful(register, start, m, missing))
        file = file_of(register, [proofs[0], proof, proofs[2]])
        found.append(wrong(f"challenges that do not cover {missing}", "seven", "ranges.proof", file, 1))
    return found


def borrowed(register: Ranged, proofs: Sequence[bytes]) -> list[dict[str, Any]]:
    """Right proofs, of something else."""
    start, m = chunks(7)[1]
    others = {
        "of the same leaves in another register": register_of(register.leaves, 4),
        "of the same leaves on another chain": Ranged(1, CASE, 3, register.root, register.classes_hash, register.leaves),
        "of the same leaves in another case": Ranged(CHAIN_ID, bytes(20), 3, register.root, register.classes_hash, register.leaves),
        "of two leaves in another order": register_of([*register.leaves[:4], register.leaves[5], register.leaves[4], register.leaves[6]]),
        "of other leaves": register_of(leaves_of("other", 7)),
    }
    found = []
    for title, other in others.items():
        proof, _ = prove(other, start, m, drawing(title, 1))
        found.append(wrong(f"the proof {title}", "seven", "ranges.proof", file_of(register, [proofs[0], proof, proofs[2]]), 1))
    return found


def ranges_file() -> dict[str, Any]:
    one, seven = register_of(leaves_of("one", 1)), register_of(leaves_of("seven", 7))
    edge = register_of([(0, 0, 1), (0, 2**63 - 1, 2), (1, 2**64 - 1, N - 1)])
    made = {name: proofs_of(name, register) for name, register in (("one", one), ("seven", seven), ("edge", edge))}
    good = [with_file(name, register, made[name]) for name, register in (("one", one), ("seven", seven), ("edge", edge))]
    proofs = [proof for proof, _ in made["seven"]]
    file, false = file_of(seven, proofs), lies()
    refused = [*headers("seven", file), *bytes_changed("seven", file, HEADER + len(proofs[0])), *forgotten(seven, proofs)]
    refused += [*borrowed(seven, proofs), *false[1]]
    all_three = changed(changed(changed(file, HEADER + 132, bytes(32)), HEADER + 820 + 132, bytes(32)), len(file) - 32, bytes(32))
    refused.append(wrong("all three chunks", "seven", "ranges.proof", all_three, 0, 1, 2))
    return {
        "generators": {
            "digest": hex_of(generators_digest()),
            "shown": [
                {"kind": kind, "i": i, "counter": generator(kind, i)[0], **xy(generator(kind, i)[1])} for kind in "GH" for i in SHOWN
            ],
        },
        "registers": good,
        "false_registers": [written(name, register) for name, register in false[0].items()],
        "wrong": refused,
    }


def large_file() -> dict[str, Any]:
    """64, 2 and 1 leaves."""
    register = register_of(leaves_of("67", 67))
    return with_file("67", register, proofs_of("67", register))


if __name__ == "__main__":
    LARGE.write_text(json.dumps(large_file(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
