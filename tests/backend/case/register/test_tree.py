"""Commitments, root, proofs and multiproofs against the shared vectors and against plain arithmetic."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.case.register import crypto, freeze
from backend.case.register.crypto import CURVE_ORDER, LeafOpening, commit, commit_leaves, leaf_hash, random_blind, sum_of_points
from backend.case.register.freeze import Voter, draw_up
from backend.case.register.merkle import Tree, depth_of, node_of
from backend.ground.chain.values import ClassTotals, classes_hash
from backend.ground.common.hashing import keccak
from tests.vectors import reference

VECTORS = Path(__file__).resolve().parents[3] / "vectors"
REGISTERS = json.loads((VECTORS / "register.json").read_text())["registers"]
POINTS = json.loads((VECTORS / "points.json").read_text())
IDS = [str(register["leaf_count"]) for register in REGISTERS]


def hex_bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def openings_of(vector: dict[str, Any]) -> list[LeafOpening]:
    openings = []
    for index in range(vector["leaf_count"]):
        seed = f"LenderVote/vector/register/{vector['leaf_count']}/{index}".encode()
        amount = int.from_bytes(keccak(seed + b"/amount"), "big") % 10**10
        blind = int.from_bytes(keccak(seed + b"/blind"), "big") % (CURVE_ORDER - 1) + 1
        openings.append(LeafOpening(index, index % vector["class_count"], amount, blind))
    return openings


def tree_of(vector: dict[str, Any]) -> Tree:
    return Tree(b"".join(chunk.hashes for chunk in commit_leaves(openings_of(vector), vector["leaf_count"])))


def climb(leaf: bytes, proof: Sequence[bytes]) -> bytes:
    for sibling in proof:
        leaf = node_of(leaf, sibling)
    return leaf


def check_multiproof(indexes: Sequence[int], leaves: Sequence[bytes], siblings: Sequence[bytes], depth: int) -> bytes:
    """The verifier's walk of protocol §4.1, written apart from the prover's."""
    level, unused = list(zip(indexes, leaves, strict=True)), list(siblings)
    for _ in range(depth):
        above = []
        while level:
            place, value = level.pop(0)
            other = level.pop(0)[1] if level and level[0][0] == place ^ 1 else unused.pop(0)
            above.append((place >> 1, node_of(value, other)))
        level = above
    assert not unused
    return level[0][1]


def test_second_generator_and_commitments_are_those_of_the_vectors() -> None:
    assert crypto.H.format(compressed=False)[1:] == hex_bytes(POINTS["h"]["x"]) + hex_bytes(POINTS["h"]["y"])
    for vector in POINTS["commitments"]:
        assert commit(int(vector["amount_fen"]), int(vector["blind"], 16)) == hex_bytes(vector["x"]) + hex_bytes(vector["y"])


@pytest.mark.parametrize("vector", REGISTERS, ids=IDS)
def test_registers_of_the_vectors(vector: dict[str, Any]) -> None:
    tree = tree_of(vector)
    assert (tree.root, tree.depth, tree.leaf_count) == (hex_bytes(vector["root"]), vector["depth"], vector["leaf_count"])
    for leaf in vector["leaves"]:
        point = hex_bytes(leaf["x"]) + hex_bytes(leaf["y"])
        assert leaf_hash(leaf["index"], leaf["voting_class"], point) == hex_bytes(leaf["leaf"])
        assert tree.proof(leaf["index"]) == [hex_bytes(sibling) for sibling in leaf["proof"]]
    for proof in vector["multiproofs"]:
        assert tree.multiproof(proof["indexes"]) == [hex_bytes(sibling) for sibling in proof["siblings"]]


@pytest.mark.parametrize("vector", REGISTERS, ids=IDS)
def test_class_totals_of_the_vectors(vector: dict[str, Any]) -> None:
    openings = openings_of(vector)
    voters = [Voter(opening.index, opening.voting_class, opening.amount_fen) for opening in openings]
    classes = [freeze._class_of(number, "", openings) for number in range(vector["class_count"])]
    assert [(c.heads, c.amount_fen, c.blind) for c in classes] == [
        (c["heads"], int(c["amount_fen"]), int(c["blind"], 16)) for c in vector["classes"]
    ]
    assert classes_hash([ClassTotals(c.heads, c.amount_fen, c.blind) for c in classes]) == hex_bytes(vector["classes_hash"])
    assert len(voters) == vector["leaf_count"]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 700), st.data())
def test_any_proof_leads_to_the_root(count: int, data: st.DataObject) -> None:
    leaves = [keccak(bytes([place % 256, place // 256])) for place in range(count)]
    tree = Tree(b"".join(leaves))
    assert tree.root == reference.tree(leaves)[-1][0]
    index = data.draw(st.integers(0, count - 1))
    assert climb(leaves[index], tree.proof(index)) == tree.root
    chosen = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=40)))
    siblings = tree.multiproof(chosen)
    assert check_multiproof(chosen, [leaves[i] for i in chosen], siblings, tree.depth) == tree.root
    assert siblings == reference.multiproof(reference.tree(leaves), chosen)


def test_the_edges_of_a_tree() -> None:
    assert [depth_of(count) for count in (1, 256, 257, 400_000, 2**24)] == [8, 8, 9, 19, 24]
    for count in (0, 2**24 + 1):
        with pytest.raises(ValueError, match="leaves"):
            depth_of(count)
    tree = Tree(bytes(32 * 3))
    for index in (-1, 3, 2**32):
        with pytest.raises(IndexError):
            tree.proof(index)
    for wrong in ([], [1, 1], [2, 0]):
        with pytest.raises(ValueError, match="ascend"):
            tree.multiproof(wrong)
    for beyond in ([0, 3], [-1, 0]):
        with pytest.raises(IndexError):
            tree.multiproof(beyond)


def test_a_register_drawn_up_adds_up_and_hides_the_order() -> None:
    voters = [Voter(number, number % 2, 100 + number) for number in range(300)]
    draft = draw_up(voters, ["甲", "乙"])
    leaves = list(draft.leaves())
    assert [leaf.opening.index for leaf in leaves] == list(range(300))
    assert sorted(leaf.lender_number for leaf in leaves) == list(range(300))
    assert [leaf.lender_number for leaf in leaves] != list(range(300))
    for leaf in leaves:
        opening = leaf.opening
        assert (opening.voting_class, opening.amount_fen) == (leaf.lender_number % 2, 100 + leaf.lender_number)
        assert leaf.point == commit(opening.amount_fen, opening.blind)
        assert leaf_hash(opening.index, opening.voting_class, leaf.point) == draft.tree.node(0, opening.index)
    assert len({leaf.opening.blind for leaf in leaves}) == 300
    for number, frozen in enumerate(draft.classes):
        mine = [leaf.point for leaf in leaves if leaf.opening.voting_class == number]
        assert sum_of_points(mine) == commit(frozen.amount_fen, frozen.blind)
        assert (frozen.heads, frozen.amount_fen) == (150, sum(v.amount_fen for v in voters if v.voting_class == number))
    assert [leaf.lender_number for leaf in draw_up(voters, ["甲", "乙"]).leaves()] != [leaf.lender_number for leaf in leaves]


def test_a_machine_that_miscalculates_freezes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    right = crypto._commit_packed

    def wrong(packed: bytes) -> tuple[bytes, bytes]:
        points, hashes = right(packed)
        return commit(1, 1) + points[64:], hashes

    monkeypatch.setattr(crypto, "_commit_packed", wrong)
    with pytest.raises(ArithmeticError):
        draw_up([Voter(0, 0, 5), Voter(1, 0, 6)], ["甲"])


def test_many_leaves_over_several_processes_are_the_same_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    openings = [LeafOpening(index, 0, index, index + 1) for index in range(300)]
    here = list(commit_leaves(openings, 300))
    monkeypatch.setattr(crypto, "_SPREAD_FROM_LEAVES", 1)
    monkeypatch.setattr(crypto, "_CHUNK_LEAVES", 100)
    spread = list(commit_leaves(openings, 300))
    assert b"".join(chunk.points for chunk in spread) == b"".join(chunk.points for chunk in here)
    assert b"".join(chunk.hashes for chunk in spread) == b"".join(chunk.hashes for chunk in here)
    assert [opening for chunk in spread for opening in chunk.openings] == openings


def test_blinds_are_in_range() -> None:
    assert all(1 <= random_blind() < CURVE_ORDER for _ in range(50))
