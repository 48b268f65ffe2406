"""Draws, what proves them, and the bound (protocol §4.3)."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from math import comb
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.ranges.file import FileWrong
from verifier.ranges.generators import G, H
from verifier.ranges.group import ORDER, times, total, write_xy
from verifier.ranges.proving import OutOfRange
from verifier.sampling import intervals, paper
from verifier.sampling.bound import bound_fen, bound_millionths
from verifier.sampling.draw import SIZES, bounds_told, indexes_of, points_of, seed_of

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "samples.json").read_bytes())
CONTEXT = bytes(range(32))
LEAVES = [(700, 11), (1, 12), (2**62, 13), (35_000_000, 14), (0, 15), (9, 16)]


def points_of_leaves(leaves: list[tuple[int, int]]) -> bytes:
    sums = (total([point for point in (times(amount, G), times(blind, H)) if point is not None]) for amount, blind in leaves)
    return b"".join(write_xy(point) for point in sums)


def proved(points: list[int], indexes: list[int]) -> bytes:
    context = intervals.context_of(CONTEXT, CONTEXT, indexes)
    commitments = intervals.commitments_of(points, indexes, points_of_leaves(LEAVES))
    openings = intervals.openings_of(points, indexes, LEAVES)
    proofs = [proof for _, proof in intervals.prove_draws(context, openings, commitments)]
    return intervals.file_of(context, len(openings), proofs)


def wrong(points: list[int], indexes: list[int], file: bytes) -> list[range]:
    context = intervals.context_of(CONTEXT, CONTEXT, indexes)
    return intervals.wrong_draws(context, intervals.commitments_of(points, indexes, points_of_leaves(LEAVES)), file)


# --- draw -----------------------------------------------------------------------------------------------------------------------------


def test_vectors__give_seed_points_sums_and_proofs() -> None:
    register = VECTORS["register"]
    leaves = b"".join(bytes.fromhex(one["x"][2:] + one["y"][2:]) for one in register["leaves"])
    amounts, fen = [int(one["amount_fen"]) for one in register["leaves"]], int(VECTORS["total_fen"])
    seed = seed_of(bytes.fromhex(register["root"][2:]), bytes.fromhex(VECTORS["block_hash"][2:]))
    assert "0x" + seed.hex() == VECTORS["seed"]
    assert [str(one) for one in points_of(seed, 90, fen)] == VECTORS["points_of_90"]
    points = points_of(seed, VECTORS["draws"], fen)
    indexes = indexes_of(points, amounts)
    assert indexes == VECTORS["indexes"]
    context = intervals.context_of(bytes.fromhex(register["context"][2:]), seed, indexes)
    assert "0x" + context.hex() == VECTORS["context"]
    sums = intervals.commitments_of(points, indexes, leaves)
    assert sums.hex() == "".join(one[2:] for one in VECTORS["sums"])
    assert intervals.wrong_draws(context, sums, bytes.fromhex(VECTORS["file"][2:])) == []


@given(amounts=st.lists(st.integers(0, 2**40), min_size=1, max_size=40).filter(any), part=st.integers(0, 2**64))
def test_point__is_covered_by_one_leaf_that_holds_something(amounts: list[int], part: int) -> None:
    point = part % sum(amounts)
    (index,) = indexes_of([point], amounts)
    before = sum(amounts[:index])
    assert before <= point < before + amounts[index]
    covering = [place for place in range(len(amounts)) if 0 <= point - sum(amounts[:place]) < amounts[place]]
    assert covering == [index]


@given(amounts=st.lists(st.integers(1, 10**6), min_size=2, max_size=30), seed=st.binary(min_size=32, max_size=32))
def test_what_a_draw_tells__holds_of_every_leaf_that_was_hit(amounts: list[int], seed: bytes) -> None:
    points = points_of(seed, 12, sum(amounts))
    indexes = indexes_of(points, amounts)
    told = bounds_told(points, indexes, sum(amounts))
    assert told.keys() == set(indexes)
    assert all(least <= amounts[index] <= most for index, (least, most) in told.items())


def test_draws_of_the_smaller_size__begin_those_of_the_larger() -> None:
    assert points_of(CONTEXT, 459, 10**15)[:90] == points_of(CONTEXT, 90, 10**15)


def test_leaf__is_hit_as_often_as_it_is_large() -> None:
    hits = indexes_of(points_of(CONTEXT, 4_000, 1_000), [100, 600, 300])
    assert [round(hits.count(index) / 40) for index in range(3)] == pytest.approx([10, 60, 30], abs=3)


# --- proofs ---------------------------------------------------------------------------------------------------------------------------


def test_first_and_last_fen_of_leaves__are_proved() -> None:
    ends = [0, 699, 700, 701, sum(amount for amount, _ in LEAVES) - 1, 2**62 + 700]
    indexes = indexes_of(ends, [amount for amount, _ in LEAVES])
    assert indexes == [0, 0, 1, 2, 5, 2]
    assert wrong(ends, indexes, proved(ends, indexes)) == []


@settings(max_examples=5, deadline=None)
@given(part=st.integers(0, 2**64))
def test_random_point__is_proved_for_its_leaf_alone(part: int) -> None:
    amounts = [amount for amount, _ in LEAVES]
    points = [part % sum(amounts)]
    (index,) = indexes_of(points, amounts)
    assert wrong(points, [index], proved(points, [index])) == []
    for other in set(range(len(LEAVES))) - {index}:
        with pytest.raises(OutOfRange):
            proved(points, [other])


def test_leaf_that_was_chosen__is_named_with_its_draws() -> None:
    points, indexes = [5, 800, 900], [0, 2, 2]
    context = intervals.context_of(CONTEXT, CONTEXT, chosen := [0, 3, 2])
    commitments = intervals.commitments_of(points, chosen, points_of_leaves(LEAVES))
    lowest = [(amount % 2**64, blind) for amount, blind in intervals.openings_of(points, chosen, LEAVES)]
    file = intervals.file_of(context, 6, [proof for _, proof in intervals.prove_draws(context, lowest, commitments)])
    assert wrong(points, chosen, file) == [range(2)]
    with pytest.raises(FileWrong):
        wrong(points, indexes, file)


def test_proofs_of_one_draw__are_none_of_other_points() -> None:
    file = proved([5, 800], [0, 2])
    assert wrong([6, 800], [0, 2], file) == [range(2)]
    assert wrong([5, 800], [0, 2], file) == []


def test_leaf_at_the_begin__is_no_infinity() -> None:
    assert len(intervals.commitments_of([0], [0], points_of_leaves(LEAVES))) == 128


# --- bound ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", VECTORS["bounds"], ids=lambda case: f"{case['wrong']} of {case['draws']}")
def test_bound__is_that_of_the_vectors(case: dict[str, Any]) -> None:
    millionths = bound_millionths(case["draws"], case["wrong"])
    assert millionths == case["millionths"]
    assert bound_fen(millionths, int(VECTORS["total_fen"])) == int(case["fen"])


def test_sizes__find_the_shares_that_the_protocol_names() -> None:
    assert [bound_millionths(draws, 0) for draws in SIZES] == [49_882, 9_983]


@given(draws=st.integers(1, 120), wrong=st.integers(0, 119))
def test_bound__is_the_least_share_that_is_spoken_against(draws: int, wrong: int) -> None:
    if wrong >= draws:
        return

    def chance(millionths: int) -> Fraction:
        p = Fraction(millionths, 10**6)
        return sum((comb(draws, found) * p**found * (1 - p) ** (draws - found) for found in range(wrong + 1)), Fraction())

    found = bound_millionths(draws, wrong)
    assert chance(found) <= Fraction(1, 100)
    assert chance(found - 1) > Fraction(1, 100)


def test_bound__rises_with_what_is_wrong() -> None:
    bounds = [bound_millionths(90, wrong) for wrong in range(91)]
    assert all(one < other for one, other in pairwise(bounds))


# --- paper ----------------------------------------------------------------------------------------------------------------------------


def test_leaf__counts_as_often_as_it_was_hit() -> None:
    draw = paper.Draw(0, bytes(32), 18, bytes(32), [4, 2, 4], bytes(32))
    findings = {2: "agrees", 4: "unknown"}
    assert paper.wrong_among(draw.indexes, findings) == 2
    content = paper.content_of(draw, findings, 1_000)
    assert content["bound_millionths"] == bound_millionths(3, 2)
    assert content["findings"] == [{"found": "agrees", "index": 2}, {"found": "unknown", "index": 4}]


def test_whole_register__has_no_bound_but_all_or_nothing() -> None:
    draw = paper.Draw(0, bytes(32), 18, bytes(32), [], bytes(32))
    assert paper.content_of(draw, {0: "agrees", 1: "agrees"}, 1_000)["bound_fen"] == 0
    assert paper.content_of(draw, {0: "agrees", 1: "overstated"}, 1_000)["bound_fen"] == 1_000


def test_group_order__does_not_wrap_an_offset() -> None:
    openings = intervals.openings_of([5], [1], LEAVES)
    assert [amount for amount, _ in openings] == [5 - 700, 700 + 1 - 5 - 1]
    assert all(abs(amount) < ORDER // 2 for amount, _ in openings)
