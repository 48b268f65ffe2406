"""Bars fill exactly, shares are whole-number arithmetic, and the absent are shown."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ground.common.voting import Condition, Denominator, Measure, Numerator
from backend.vote.polls.rules import ClassCount, preset
from backend.vote.tally.rules import outcome_of
from backend.vote.tally.schemas import ClassOut
from backend.web.catalogue import speaker
from backend.web.result_view import BAR_WIDTH, CHOICES, ClassResult, class_result, pieces_of, say_basis_points, say_share

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
                **{"measure": "amount", "numerator_value": 800, "denominator_value": 1000, "num": 2, "den": 3, "strict": False},
                **{"holds": True, "words_zh": "金额", "words_en": "amount"},
            }
        ],
    }
    shown = class_result(tally, speaker(language), language)
    assert [line.heads for line in shown.lines] == [6, 2, 0, 2, 10]
    assert shown.lines[3].heads_share == "20.00%"
    assert shown.conditions[0].figures == "8.00 / 10.00 = 80.00%"
    assert shown.conditions[0].holds


FEW = st.integers(min_value=0, max_value=40)
FRACTION = st.integers(min_value=1, max_value=12).flatmap(lambda den: st.tuples(st.integers(min_value=1, max_value=den), st.just(den)))


def shown_of(conditions: tuple[Condition, ...], count: ClassCount, language: str = "zh") -> ClassResult:
    (outcome,) = outcome_of(["普通组"], conditions, [count])
    return class_result(ClassOut.of(outcome).model_dump(), speaker(language), language)


def heads(in_favour: int, against: int, abstain: int, absent: int) -> ClassCount:
    admitted = in_favour + against + abstain + absent
    return ClassCount(admitted, admitted * 100, in_favour, against, abstain, in_favour * 100, against * 100, abstain * 100)


@given(st.sampled_from(Numerator), st.sampled_from(Denominator), FRACTION, st.booleans(), FEW, FEW, FEW, FEW)
def test_a_condition_holds_when_its_part_of_the_bar_comes_to_the_mark(
    numerator: Numerator, denominator: Denominator, fraction: tuple[int, int], strict: bool, yes: int, no: int, blank: int, absent: int
) -> None:
    condition = Condition(Measure.HEADS, numerator, denominator, *fraction, strict)
    shown = shown_of((condition,), heads(yes, no, blank, absent))
    assert shown.bars[1].marks == (), "a condition by heads has no mark on the bar of amounts"
    counted = yes if numerator is Numerator.FOR else yes + no + blank
    of_whom = {
        Denominator.ADMITTED: yes + no + blank + absent,
        Denominator.TAKING_PART: yes + no + blank,
        Denominator.FOR_AGAINST: yes + no,
    }
    if not of_whom[denominator]:
        assert shown.bars[0].marks == (), "of nobody there is no share"
        return
    (mark,) = shown.bars[0].marks
    end = BAR_WIDTH * counted // (yes + no + blank + absent)
    assert 0 <= mark.x <= BAR_WIDTH
    assert mark.x <= end if shown.conditions[0].holds else mark.x >= end
    if counted * fraction[1] == of_whom[denominator] * fraction[0]:
        assert mark.x == end, "just at the mark is seen as just at the mark"
        assert shown.conditions[0].holds is not strict


@pytest.mark.parametrize(
    ("rule", "by_heads", "by_amount"),
    [
        # 6 for, 2 against, 1 abstains, 3 absent: 12 admitted, 9 take part
        ("CN_SZ_A", [375], [666]),
        ("CN_SZ_B", [375], [666, 375]),
        ("CN_EBL64", [375], [500]),
        ("US_1126C", [333], [444]),
    ],
)
def test_marks_of_the_rules_in_use(rule: str, by_heads: list[int], by_amount: list[int]) -> None:
    shown = shown_of(preset(rule), heads(6, 2, 1, 3))
    assert [[mark.x for mark in bar.marks] for bar in shown.bars] == [by_heads, by_amount]


def test_a_mark_says_in_words_whether_reaching_it_is_enough() -> None:
    exactly = heads(4, 4, 0, 0)
    more = Condition(Measure.HEADS, Numerator.FOR, Denominator.TAKING_PART, 1, 2, strict=True)
    enough = Condition(Measure.HEADS, Numerator.FOR, Denominator.ADMITTED, 1, 2, strict=False)
    marks = shown_of((more, enough), exactly).bars[0].marks
    assert [mark.words for mark in marks] == [
        "标线 1（自左起 50.00%）：同意人数超过参加表决人数的 1/2。越过标线才满足，正好到线不满足。",
        "标线 2（自左起 50.00%）：同意人数达到全部登记人数的 1/2。到达标线即满足。",
    ]
    english = shown_of((more, enough), exactly, "en").bars[0].marks
    assert english[0].words.endswith("The share must go beyond the mark; reaching it is not enough.")
    assert english[1].words.endswith("Reaching the mark is enough.")
