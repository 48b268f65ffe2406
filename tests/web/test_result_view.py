"""Bars fill exactly, shares are whole-number arithmetic, and the absent are shown."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.web.catalogue import speaker
from backend.web.result_view import BAR_WIDTH, CHOICES, class_result, pieces_of, say_basis_points, say_share

AMOUNT = st.integers(min_value=0, max_value=2**63 - 1)


@given(st.fixed_dictionaries(dict.fromkeys(CHOICES, AMOUNT)))
def test_pieces_stand_side_by_side_in_order(amounts: dict[str, int]) -> None:
    pieces = pieces_of(amounts)
    assert [piece.choice for piece in pieces] == [choice for choice in CHOICES if amounts[choice]]
    for left, right in itertools.pairwise(pieces):
        assert left.x <= right.x
    assert all(piece.width >= 1 for piece in pieces), "somebody who voted is never invisible"
    if pieces:
        assert pieces[0].x == 0
        assert pieces[-1].x + pieces[-1].width >= BAR_WIDTH


@pytest.mark.parametrize(("part", "whole", "said"), [(2, 3, "66.67%"), (1, 2, "50.00%"), (0, 5, "0.00%"), (5, 5, "100.00%"), (0, 0, "–")])
def test_shares(part: int, whole: int, said: str) -> None:
    assert say_share(part, whole) == said


@pytest.mark.parametrize(("bps", "said"), [(1000, "10%"), (1250, "12.5%"), (5, "0.05%"), (10_000, "100%")])
def test_basis_points(bps: int, said: str) -> None:
    assert say_basis_points(bps) == said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_class_shows_the_absent_and_each_condition(language: str) -> None:
    tally = {
        "name": "普通组",
        **{"heads_for": 6, "heads_against": 2, "heads_abstain": 0, "absent_heads": 2},
        **{"fen_for": 600, "fen_against": 200, "fen_abstain": 0, "absent_fen": 200},
        "conditions": [
            {
                **{"measure": "amount", "numerator_value": 800, "denominator_value": 1000},
                **{"holds": True, "words_zh": "金额", "words_en": "amount"},
            }
        ],
    }
    shown = class_result(tally, speaker(language), language)
    assert [line.heads for line in shown.lines] == [6, 2, 0, 2, 10]
    assert shown.lines[3].heads_share == "20.00%"
    assert shown.conditions[0].figures == "8.00 / 10.00 = 80.00%"
    assert shown.conditions[0].holds
