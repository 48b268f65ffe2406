"""Replaying what the chain recorded, and showing the absent as absent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ground.chain.gas import TRANSACTION_GAS_CAP
from backend.ground.common.seals import RECORD_BYTES
from backend.ground.common.voting import Choice
from backend.vote.polls.rules import ClassCount, preset
from backend.vote.tally.counter import piece_gas, piece_size
from backend.vote.tally.rules import newest_choices, outcome_of


def record(index: int, sequence: int, choice: int) -> bytes:
    return index.to_bytes(4, "big") + bytes([sequence << 2 | choice])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), max_size=60), st.integers(1, 7))
def test_the_newest_choice_of_each_lender_stands(ballots: list[tuple[int, int]], batch: int) -> None:
    model: dict[int, int] = {}
    packed = []
    for place, (index, choice) in enumerate(ballots):
        model[index] = choice
        packed.append(record(index, place % 63 + 1, choice))
    events = [b"".join(packed[at : at + batch]) for at in range(0, len(packed), batch)]
    assert newest_choices(events) == {index: Choice(choice) for index, choice in model.items()}


def test_the_absent_are_shown_as_absent_and_never_counted_as_consent() -> None:
    count = ClassCount(10, 1000, heads_for=2, heads_against=1, heads_abstain=1, fen_for=300, fen_against=50, fen_abstain=50)
    (outcome,) = outcome_of(["普通组"], preset("CN_EBL64"), [count])
    assert (outcome.absent_heads, outcome.absent_fen) == (6, 600)
    assert not outcome.carries  # 300 of 1,000 admitted is below one half, however few came


def test_nobody_voted_carries_nothing() -> None:
    nobody = ClassCount(10, 1000, 0, 0, 0, 0, 0, 0)
    for rule in ("CN_SZ_A", "CN_EBL84", "US_1126C", "UK_899"):
        assert not outcome_of(["普通组"], preset(rule), [nobody])[0].carries


@pytest.mark.parametrize("motions", [1, 2, 16])
def test_a_piece_of_counting_fits_into_a_transaction(motions: int) -> None:
    ballots = piece_size(motions)
    assert ballots * RECORD_BYTES + 1_000 < 128 * 1024
    assert piece_gas(1, motions) < piece_gas(ballots, motions) <= TRANSACTION_GAS_CAP
    assert piece_size(1) == 1_100
