"""The counting rule against the shared vectors, and against exact fractions."""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ground.common.voting import Condition, Denominator, Measure, Numerator
from backend.vote.polls.errors import ConditionUnreachable, RuleUnknown
from backend.vote.polls.rules import PRESETS, WORDS, ClassCount, check_conditions, in_words_of_files, passes, preset, weigh

VECTORS = json.loads((Path(__file__).parents[3] / "vectors/rules.json").read_text())


def count_of(case: dict[str, Any]) -> ClassCount:
    return ClassCount(**{name: int(case[name]) for name in ClassCount.__dataclass_fields__})


def test_presets_are_those_of_the_vectors() -> None:
    assert {name: [in_words_of_files(c) for c in conditions] for name, conditions in PRESETS.items()} == {
        name: entry["conditions"] for name, entry in VECTORS["presets"].items()
    }
    assert [list(astuple(c)) for c in PRESETS["CN_SZ_A"]] == VECTORS["presets"]["CN_SZ_A"]["tuples"]


def test_every_preset_is_said_in_words() -> None:
    assert set(WORDS) == set(PRESETS)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(RuleUnknown):
        preset("CN_SZ_C")


def test_a_condition_beyond_reach_is_refused() -> None:
    for denominator in Denominator:
        for numerator in Numerator:
            whole = Condition(Measure.AMOUNT, numerator, denominator, 1, 1, strict=True)
            if (numerator, denominator) == (Numerator.TAKING_PART, Denominator.FOR_AGAINST):
                check_conditions([whole])  # those who abstain take part
            else:
                with pytest.raises(ConditionUnreachable):
                    check_conditions([preset("CN_SZ_A")[0], whole])
            check_conditions([replace(whole, strict=False), replace(whole, num=99, den=100)])
    for conditions in PRESETS.values():
        check_conditions(conditions)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['preset']}: {case['name']}")
def test_shared_cases(case: dict[str, Any]) -> None:
    assert passes(preset(case["preset"]), [count_of(entry) for entry in case["classes"]]) is case["passes"]


amounts = st.integers(0, 2**63 - 1)


@given(
    st.builds(Condition, st.sampled_from(Measure), st.sampled_from(Numerator), st.sampled_from(Denominator), st.integers(1, 50),
              st.integers(50, 10**6), st.booleans()),
    st.builds(ClassCount, amounts, amounts, amounts, amounts, amounts, amounts, amounts, amounts),
)  # fmt: skip
def test_cross_multiplication_is_the_comparison_of_fractions(condition: Condition, count: ClassCount) -> None:
    outcome = weigh(condition, count)
    if outcome.denominator == 0:
        assert outcome.holds is (outcome.numerator > 0 or not condition.strict)
        return
    left, right = Fraction(outcome.numerator, outcome.denominator), Fraction(condition.num, condition.den)
    assert outcome.holds is (left > right if condition.strict else left >= right)
