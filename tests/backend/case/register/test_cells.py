"""Phones, names, amounts, words: what counts as the same, what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.case.register import errors
from backend.case.register.rules import words
from backend.case.register.rules.amounts import amount_fen
from backend.case.register.rules.names import mask_name, name_key, tidy_name
from backend.case.register.rules.phones import canonical_phone
from backend.case.register.rules.text import clean, refuse_formula
from backend.ground.common.errors import BadInput
from backend.ground.common.money import MAX_FEN, AmountNegative, AmountNotReadable, AmountTooLarge, say_yuan
from backend.ground.common.spreadsheets import harmless


@pytest.mark.parametrize(
    "text", ["12012345678", "+86 120 1234 5678", "＋８６１２０１２３４５６７８", "0086-120-1234-5678", "120 1234　5678", "'12012345678"]
)
def test_one_phone_in_all_its_spellings(text: str) -> None:
    assert canonical_phone(text) == "12012345678"


@pytest.mark.parametrize("text", ["", "1201234567", "120123456789", "02012345678", "+852 12345678", "12012345678 / 13", "٠١٢٣٤٥٦٧٨٩٠"])
def test_what_is_no_mobile_number(text: str) -> None:
    with pytest.raises(errors.MobileMalformed):
        canonical_phone(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽·买买提", "阿依古丽．买买提"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("张 三", "张三"),
        ("JOHN SMITH", "John  Smith"),
        ("Ｊｏｈｎ Ｓｍｉｔｈ", "John Smith"),
        ("示例（北京）公司", "示例(北京)公司"),
    ],
)
def test_names_that_are_surely_the_same(one: str, other: str) -> None:
    assert name_key(tidy_name(one)) == name_key(tidy_name(other))


@pytest.mark.parametrize(("one", "other"), [("张三", "张叁"), ("王玥", "王珏"), ("李四", "李四海"), ("𠮷田", "吉田")])
def test_names_that_differ(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_rare_characters_stay_as_they_were_written() -> None:
    for name in ("𠮷野", "䶮", "王㛃", "\U00031350一", "葛\U000e0100"):
        assert tidy_name(clean(name, 120)) == name


@pytest.mark.parametrize("name", ["王?", "王？明", "□明", "〓"])
def test_lost_characters_are_asked_for(name: str) -> None:
    with pytest.raises(errors.NameUnreadable):
        tidy_name(name)


def test_masks_show_one_character() -> None:
    assert [mask_name(name) for name in ("张三", "欧阳娜娜", "𠮷野", "深圳市某某科技有限公司", "")] == ["张*", "欧***", "𠮷*", "深***", "*"]


@given(st.integers(0, MAX_FEN))
def test_what_we_write_we_read(fen: int) -> None:
    assert amount_fen(say_yuan(fen), "H2") == fen
    assert amount_fen(f"￥{say_yuan(fen)}元", "H2") == fen


@given(st.integers(0, 10**14 - 1))
def test_number_cells_are_exact_to_the_fen(fen: int) -> None:
    assert amount_fen(float(Decimal(fen) / 100), "H2") == fen


@pytest.mark.parametrize(("value", "fen"), [(0.1 + 0.2, 30), (1234.5600000000001, 123456), (5, 500), (19.99, 1999), (1e11, 10**13)])
def test_binary_noise_is_no_third_decimal(value: float, fen: int) -> None:
    assert amount_fen(value, "H2") == fen


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (33.333, errors.AmountNotExact),
        (1e12, errors.AmountNotExact),
        (float("nan"), errors.AmountNotExact),
        (float("inf"), errors.AmountNotExact),
        (-1, AmountNegative),
        (-0.5, AmountNegative),
        (True, errors.CellNotText),
        (None, errors.CellNotText),
        ("-1.00", AmountNegative),
        ("－１", AmountNegative),
        ("1.234", AmountNotReadable),
        ("1,23", AmountNotReadable),
        ("3万", AmountNotReadable),
        ("1e5", AmountNotReadable),
        ("", AmountNotReadable),
        ("92233720368547758.08", AmountTooLarge),
        ("9" * 39, AmountTooLarge),
        ("9" * 5000, AmountNotReadable),
    ],
)
def test_amounts_that_are_refused(value: object, error: type[BadInput]) -> None:
    with pytest.raises(error):
        amount_fen(value, "H2")


def test_words_in_both_languages() -> None:
    assert words.lender_type(" 企业 ") is words.LenderType.COMPANY
    assert words.lender_type("Person") is words.LenderType.PERSON
    assert words.yes_or_no("Ｙ") is True
    assert words.yes_or_no("否") is False
    for rule in (words.lender_type, words.yes_or_no, words.id_type):
        with pytest.raises(errors.ValueUnknown):
            rule("也许")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1"])
def test_formulas_are_refused_and_never_written(text: str) -> None:
    with pytest.raises(errors.CellFormula):
        refuse_formula(text)
    if text.isascii():
        assert harmless(text).startswith("'")


def test_invisible_marks_go_and_control_characters_are_refused() -> None:
    assert clean("\ufeff\u200b 张\u00a0\u3000三 \u202e", 10) == "张 三"
    for text in ("张\x00三", "张\x07", "\ufffd"):
        with pytest.raises(errors.CellUnprintable):
            clean(text, 10)
    with pytest.raises(errors.CellTooLong):
        clean("长" * 11, 10)
    with pytest.raises(errors.CellTooLong):
        clean("長" * 10**6, 10)


@given(st.text(max_size=200))
def test_any_text_is_clean_or_refused(text: str) -> None:
    try:
        cleaned = clean(text, 50)
    except errors.CellRefused:
        return
    assert len(cleaned) <= 50
    assert clean(cleaned, 50) == cleaned
