"""Lenders of one phone are told apart by what they know, however alike their names and numbers are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.case.register.known_by import MOST_SIGNS, signs_needed, who_knows
from backend.case.register.sealing import LenderParticulars


def person(key: str, *written: str, name: str = "测试甲") -> LenderParticulars:
    return LenderParticulars(name, "person", "resident_id", key, ["12000000001"], 100, (), written)


FATHER, SON = person("gb11643:99900119500307001X", "999001500307001", name="测试父"), person("gb11643:999001195003070028", name="测试子")


def test_the_end_of_the_number_tells_who_is_here() -> None:
    assert signs_needed([FATHER, SON]) == 4
    assert who_knows([FATHER, SON], "001x", "") == [0]
    assert who_knows([FATHER, SON], "7001", "") == [0], "the end of the old number in the file"
    assert who_knows([FATHER, SON], "0028", "") == [1]
    assert who_knows([FATHER, SON], "999001195003070028", "") == [1]
    for guess in ("", "8", "028", "0000", "X"):
        assert who_knows([FATHER, SON], guess, "") == []


def test_numbers_that_end_alike_ask_for_more_signs() -> None:
    others = [person("gb11643:999001195003071234"), person("gb11643:999001198003071234")]
    assert signs_needed(others) == 10
    assert who_knows(others, "1234", "") == []
    assert who_knows(others, "8003071234", "") == [1]


def test_whole_numbers_alike_ask_for_the_name() -> None:
    two = [person("passport:USA:P1234567", "P1234567", name="JOHN DEMO"), person("passport:PHL:P1234567", "P1234567", name="MARIA DEMO")]
    assert signs_needed(two) == MOST_SIGNS
    assert who_knows(two, "P1234567", "") == [0, 1]
    assert who_knows(two, "p1234567", "Maria  Demo") == [1]
    assert who_knows(two, "P1234567", "nobody") == []


def test_imports_of_before_have_the_canonical_number_only() -> None:
    old = LenderParticulars("测试", "person", "hk_macao_permit", "hk_macao_permit:H12345678", ["12000000001"], 100)
    assert who_knows([old, SON], "5678", "") == [0]


@given(st.lists(st.text("0123456789X", min_size=6, max_size=18), min_size=2, max_size=6, unique=True), st.text("0123456789X", max_size=18))
def test_an_end_never_fits_two_unless_the_name_is_asked_for(numbers: list[str], end: str) -> None:
    lenders = [person(f"gb11643:{number}") for number in numbers]
    if signs_needed(lenders) < MOST_SIGNS:
        assert len(who_knows(lenders, end, "")) <= 1
