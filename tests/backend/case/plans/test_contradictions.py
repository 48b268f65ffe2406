"""Text against ladder: what says otherwise is found beside its sentence, what agrees is left alone, and any text is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.case.plans.contradictions import Contradiction, Rule, contradictions
from backend.case.plans.rules import PARTS, PayoutStep
from scripts.bench.plan_text.__main__ import measure
from scripts.bench.plan_text.plans import chinese

LADDER = (PayoutStep(6, 2000), PayoutStep(12, 3000), PayoutStep(24, 1500))


def found(text: str) -> list[tuple[Rule, str, str]]:
    return [(one.rule, one.said, one.ladder) for one in contradictions({"settlement": text}, LADDER)]


@pytest.mark.parametrize(
    "text",
    [
        "第一期于批准后6个月内兑付20%。",
        "首期兑付两成，第二期于批准后一年兑付百分之三十，最后一期兑付15％。",
        "批准后十二个月累计兑付五成。",
        "第一期、第二期合计兑付50%。",
        "分三期兑付，合计兑付 65%，两年内兑付完毕。",
        "三年内兑付完毕。",
        "每1万元登记金额，首期兑付2,000元。",
        "第一期于2027年1月31日前兑付，第二期于2027年7月31日前兑付。",
        "批准后6个月、12个月、24个月分别兑付20%、30%、15%。",
        "第一期兑付后6个月内兑付第二期30%。",
        "催收佣金不超过回款的8%，由平台机构支付。",
        "兑付方案一成不变。",
        "The second payment of 30% is made 12 months after approval.",
    ],
)
def test_what_agrees_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("第一期于批准后6个月内兑付25%。", (Rule.SHARE, "25%", "20%")),
        ("首期兑付两成五。", (Rule.SHARE, "25%", "20%")),
        ("第二期兑付百分之三十一点五。", (Rule.SHARE, "31.50%", "30%")),
        ("第二期于批准后九个月兑付30%。", (Rule.MONTHS, "9", "12")),
        ("批准后12个月累计兑付60%。", (Rule.TOGETHER, "60%", "50%")),
        ("各期合计兑付七成。", (Rule.TOGETHER, "70%", "65%")),
        ("本金全部兑付。", (Rule.TOGETHER, "100%", "65%")),
        ("分四期兑付。", (Rule.COUNT, "4", "3")),
        ("第五期兑付10%。", (Rule.PLACE, "5", "3")),
        ("18个月内兑付完毕。", (Rule.MONTHS, "18", "24")),
        ("每10万元登记金额，首期可领取25,000元。", (Rule.SHARE, "25%", "20%")),
        ("第一期于2027年2月30日兑付。", (Rule.NO_SUCH_DAY, "2027-02-30", "28")),
        ("每隔3个月兑付一次。", (Rule.MONTHS, "3", "6/12")),
        ("资产处置完成后方可兑付。", (Rule.CONDITION, "", "")),
        ("如回款不足，平台机构有权推迟兑付。", (Rule.CONDITION, "", "")),
        ("The first instalment of 25% is paid within 6 months.", (Rule.SHARE, "25%", "20%")),
    ],
)
def test_what_says_otherwise_is_named(text: str, told: tuple[Rule, str, str]) -> None:
    assert told in found(text)


def test_of_three_dates_the_one_out_of_step_is_shown() -> None:
    text = "第一期于2027年1月31日前兑付。第二期于2027年9月30日前兑付。第三期于2028年7月31日前兑付。"
    assert contradictions({"settlement": text}, LADDER) == [
        Contradiction("settlement", "第二期于2027年9月30日前兑付。", Rule.DATE, "2027-09", "2027-07")
    ]


def test_two_dates_that_disagree_are_both_shown() -> None:
    text = "第一期于2027年1月31日前兑付。第二期于2027年9月30日前兑付。"
    assert found(text) == [(Rule.DATE, "2027-01", "2027-03"), (Rule.DATE, "2027-09", "2027-07")]


def test_the_part_is_named_and_the_sentence_stands_as_written() -> None:
    parts = dict.fromkeys(PARTS, "【示例】无数字。") | {"dispute_resolution": "见附件。 首期兑付２５％；其余略。"}
    assert [(one.part, one.sentence) for one in contradictions(parts, LADDER)] == [("dispute_resolution", "首期兑付２５％；")]


def test_every_rule_is_said_in_both_languages() -> None:
    for rule in Rule:
        words = [Contradiction("settlement", "", rule, "1", "2").words(language) for language in ("zh", "en")]
        assert all(words)
        assert words[0] != words[1]


@given(st.integers(1, 9_999), st.integers(1, 60))
def test_a_true_sentence_agrees_however_figures_are_written(bps: int, months: int) -> None:
    ladder = (PayoutStep(months, bps),)
    texts = [f"首期于批准后{months}个月兑付{bps / 100:.2f}%。", f"第一期，批准后{chinese(months)}个月，兑付万分之{chinese(bps)}。"]
    assert contradictions({"settlement": "".join(texts)}, ladder) == []
    wrong = contradictions({"settlement": f"首期于批准后{months + 1}个月兑付{bps / 100:.2f}%。"}, ladder)
    assert [one.rule for one in wrong] == [Rule.MONTHS]


@given(st.text(alphabet="第一二三期首兑付累计合0123456789.%％成百分之个月年万元,，。；:-/ 分别每以如有权方可paymentof", max_size=300))
def test_any_text_is_read(text: str) -> None:
    for one in contradictions({"settlement": text}, LADDER):
        assert one.sentence in text


def test_a_tenth_of_the_bench_keeps_its_promise() -> None:
    figures = measure("second", 45)
    assert float(str(figures["recall"])) >= 0.95
    assert float(str(figures["false"])) <= 0.03
