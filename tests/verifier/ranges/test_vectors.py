"""The vectors of a prover written apart hold, wrong ones are refused, and the other way round: its verifier takes our proofs."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.vectors import range_prover, reference
from tests.vectors.range_prover import Ranged, holds
from tests.verifier.ranges.ranged import judged, raw, vectors
from verifier.ranges.checking import Claimed, wrong_chunks
from verifier.ranges.file import Chunk, chunks, size_of
from verifier.ranges.generators import DIGEST, G, H, digest, generators
from verifier.ranges.group import ORDER, keccak, read_xy, word, write
from verifier.ranges.products import product
from verifier.ranges.proofs import read_proof
from verifier.ranges.proving import prove
from verifier.ranges.transcript import Frozen, Transcript

DATA = vectors("ranges.json")
GOOD = [*DATA["registers"], vectors("ranges_67.json")]
REGISTERS = {one["name"]: one for one in (*GOOD, *DATA["false_registers"])}


def points_of(register: dict[str, Any]) -> bytes:
    return b"".join(raw(leaf["x"]) + raw(leaf["y"]) for leaf in register["leaves"])


def test_generators__are_those_of_the_vectors() -> None:
    assert digest() == DIGEST == raw(DATA["generators"]["digest"])
    both = dict(zip("GH", generators(64), strict=True))
    for one in DATA["generators"]["shown"]:
        assert write(both[one["kind"]][one["i"]]) == write(read_xy(raw(one["x"]) + raw(one["y"])))
    assert len({write(point) for kind in both.values() for point in kind} | {write(G), write(H)}) == 8194


@pytest.mark.parametrize("register", GOOD, ids=lambda one: one["name"])
def test_file__of_another_prover_holds(register: dict[str, Any]) -> None:
    frozen = Frozen(
        register["chain_id"], raw(register["case"]), register["register_number"], raw(register["root"]), register["leaf_count"],
        raw(register["classes_hash"]),
    )  # fmt: skip
    file, points = raw(register["file"]), points_of(register)
    assert frozen.context == raw(register["context"])
    assert len(file) == size_of(register["leaf_count"])
    assert keccak(file) == raw(register["file_hash"])
    assert judged(file, points, frozen.context) == []
    assert [(one.number, one.start, one.leaves) for one in chunks(register["leaf_count"])] == [
        (row["chunk"], row["start"], row["leaves"]) for row in register["chunks"]
    ]


@pytest.mark.parametrize("register", GOOD, ids=lambda one: one["name"])
def test_transcript__is_that_of_the_vectors(register: dict[str, Any]) -> None:
    file, points = raw(register["file"]), points_of(register)
    for row in register["chunks"]:
        proof = read_proof(file[row["at"] : row["at"] + row["bytes"]], row["leaves"])
        told = Transcript(raw(register["context"]), row["start"], points[64 * row["start"] : 64 * (row["start"] + row["leaves"])])
        assert told.state == raw(row["s_0"])
        for letter, said in (("y", proof.commitments[:66]), ("z", b""), ("x", proof.commitments[66:]), ("w", proof.numbers)):
            told.challenge(letter.encode(), said)
            assert told.state == raw(row[f"s_{letter}"])
        for said, state in zip(proof.rounds, row["s_r"], strict=True):
            told.challenge(b"u", said)
            assert told.state == raw(state)


@pytest.mark.parametrize("wrong", DATA["wrong"], ids=lambda one: one["name"])
def test_wrong_file__is_refused_and_its_chunks_are_named(wrong: dict[str, Any]) -> None:
    register = REGISTERS[wrong["register"]]
    found = judged(raw(wrong["file"]), points_of(register), raw(register["context"]))
    assert found == wrong["chunks"] if wrong["finding"] == "ranges.proof" else isinstance(found, str)


def test_our_proofs__hold_for_the_verifier_written_apart() -> None:
    register = Ranged(1, bytes(20), 2, bytes(32), bytes(32), [(0, 2**63, 5), (0, 0, 6)])
    points = b"".join(word(x) + word(y) for x, y in register.points())
    proof = prove(register.context(), 0, [(amount, blind) for _, amount, blind in register.leaves], points)
    assert holds(register, 0, 2, proof)
    assert not holds(register, 0, 2, proof[:-1] + bytes([proof[-1] ^ 1]))
    assert wrong_chunks(register.context(), [Claimed(Chunk(0, 0, 2), points, proof)]) == []


def test_product__is_that_of_whole_numbers() -> None:
    """The library's curve, the buckets and our own whole numbers agree, also at infinity."""
    drawn = random.Random(5)
    points = [range_prover.generator("G", i % 10)[1] for i in range(410)]
    ours = [read_xy(word(x) + word(y)) for x, y in points]
    for count in (1, 2, 60, 410):
        scalars = [drawn.choice([0, 1, ORDER - 1, drawn.randrange(ORDER)]) for _ in range(count - 1)] + [3]
        expected = range_prover.product(zip(scalars, points[:count], strict=True))
        plain = reference.INFINITY
        for k, point in zip(scalars, points[:count], strict=True):
            plain = reference.add(plain, reference.multiply(k, point))
        found = product(scalars, ours[:count])
        assert found is not None
        assert write(found) == range_prover.compressed(expected) == range_prover.compressed(plain)


@pytest.mark.parametrize("count", [2, 600, 4000])
def test_product__that_is_infinity_says_so(count: int) -> None:
    point = generators(1)[0][0]
    half = [7 + i for i in range(count // 2)]
    assert product([*half, *(-k for k in half)], [point] * count) is None
    assert product([0] * count, [point] * count) is None
