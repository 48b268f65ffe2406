"""Every spelling of one document number is one identity; nothing that is no number becomes one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.case.register import cell_errors, errors
from backend.case.register.rules.identity import IdType, canonical_identity, credit_check_character, resident_check_digit
from backend.ground.common.errors import BadInput

DIGITS = "0123456789"
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

births = st.dates(date(1900, 1, 1), date(1999, 12, 31))
first_17s = st.builds(lambda region, born, serial: f"{region:06d}{born:%Y%m%d}{serial:03d}",
                      st.integers(100000, 999999), births, st.integers(0, 999))  # fmt: skip


def full(first_17: str) -> str:
    return first_17 + resident_check_digit(first_17)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "53010219200508011X"])
def test_published_samples_of_gb_11643_pass(number: str) -> None:
    assert canonical_identity(IdType.RESIDENT, number).number == number


@pytest.mark.parametrize("code", ["91350100M000100Y43", "9144030071526726XG"])
def test_published_samples_of_gb_32100_pass(code: str) -> None:
    identity = canonical_identity(IdType.CREDIT_CODE, code.lower())
    assert (identity.number, identity.written) == (code[8:17], code)
    # the organisation's old code stands within the new one, with a check character of its own
    assert canonical_identity(IdType.ORGANISATION_CODE, f"{code[8:16]}-{code[16]}") == identity


@given(first_17s)
def test_all_spellings_of_a_resident_number_are_one_identity(first_17: str) -> None:
    number = full(first_17)
    spellings = [
        number.lower(), number.translate(WIDE), f" {number[:6]} {number[6:14]} {number[14:]}\u3000", f"{number[:6]}-{number[6:]}",
        f"'{number}", number[:6] + number[8:17],
    ]  # fmt: skip
    assert {canonical_identity(IdType.RESIDENT, spelling) for spelling in spellings} == {canonical_identity(IdType.RESIDENT, number)}
    assert canonical_identity(IdType.RESIDENCE_PERMIT, number).key == canonical_identity(IdType.RESIDENT, number).key


@given(first_17s, st.integers(0, 16), st.sampled_from(DIGITS))
def test_one_wrong_digit_is_always_noticed(first_17: str, place: int, digit: str) -> None:
    number = full(first_17)
    assume(number[place] != digit)
    with pytest.raises((errors.ResidentIdCheckDigitWrong, errors.ResidentIdBirthDateWrong, errors.ResidentIdMalformed)):
        canonical_identity(IdType.RESIDENT, number[:place] + digit + number[place + 1 :])


@given(first_17s, st.integers(0, 16))
def test_two_neighbours_swapped_are_noticed(first_17: str, place: int) -> None:
    number = full(first_17)
    assume(number[place] != number[place + 1] and "X" not in number[place : place + 2])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(BadInput):
        canonical_identity(IdType.RESIDENT, swapped)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("", errors.ResidentIdMalformed),
        ("99900119900307", errors.ResidentIdMalformed),
        ("X99001199003071234", errors.ResidentIdMalformed),
        ("9990011990030712345", errors.ResidentIdMalformed),
        ("1.10101E+17", errors.ResidentIdMalformed),
        ("٩٩٩٠٠١١٩٩٠٠٣٠٧١٢٣٤", errors.ResidentIdMalformed),  # digits to Python, not to us
        ("999001199002301234", errors.ResidentIdBirthDateWrong),
        ("999001990230123", errors.ResidentIdBirthDateWrong),
        ("999001187903071234", errors.ResidentIdBirthDateWrong),
    ],
)
def test_what_is_no_resident_number_is_named(number: str, error: type[BadInput]) -> None:
    with pytest.raises(error):
        canonical_identity(IdType.RESIDENT, number)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJK"))
def test_one_wrong_character_of_a_credit_code_is_noticed(first_17: str, place: int, letter: str) -> None:
    code = first_17 + credit_check_character(first_17)
    assert canonical_identity(IdType.CREDIT_CODE, code).written == code
    assume(code[place] != letter)
    with pytest.raises(errors.CreditCodeCheckDigitWrong):
        canonical_identity(IdType.CREDIT_CODE, code[:place] + letter + code[place + 1 :])


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (IdType.HK_MACAO_PERMIT, ["H12345678", "h12345678", "H1234567801", "Ｈ１２３４５６７８"]),
        (IdType.TAIWAN_PERMIT, ["12345678", "1234567801", "12345678(B)", "12345678（B）", "1234567802(A)"]),
        (IdType.PASSPORT, ["E12345678", "e1234 5678"]),
        (IdType.FOREIGNER_CARD, ["USA123456789012", "usa123456789012"]),
    ],
)
def test_reissued_travel_documents_are_the_same_person(kind: IdType, spellings: list[str]) -> None:
    assert len({canonical_identity(kind, spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (IdType.HK_MACAO_PERMIT, "A12345678"), (IdType.HK_MACAO_PERMIT, "H1234567"), (IdType.TAIWAN_PERMIT, "1234567"),
        (IdType.PASSPORT, "E123"), (IdType.PASSPORT, "ABCDEFGH"), (IdType.FOREIGNER_CARD, "US123456789012"),
    ],
)  # fmt: skip
def test_other_forms_are_refused(kind: IdType, number: str) -> None:
    with pytest.raises(errors.TravelDocumentMalformed):
        canonical_identity(kind, number)


def test_the_same_digits_as_different_documents_are_different_people_only_where_the_country_is_told() -> None:
    with pytest.raises(cell_errors.IssuingCountryNeeded):
        canonical_identity(IdType.PASSPORT, "12345678")
    assert canonical_identity(IdType.PASSPORT, "12345678", "DEU").key != canonical_identity(IdType.TAIWAN_PERMIT, "12345678").key


@given(
    first_17s, st.sampled_from([kind for kind in IdType if kind not in {IdType.RESIDENT, IdType.RESIDENCE_PERMIT, IdType.FOREIGNER_CARD}])
)
def test_a_resident_number_is_never_another_document(first_17: str, kind: IdType) -> None:
    for spelling in (full(first_17), full(first_17).translate(WIDE).lower()):
        with pytest.raises(errors.CellRefused):
            canonical_identity(kind, spelling)


@given(st.sampled_from(list(IdType)), st.text(max_size=40))
def test_any_text_is_an_identity_or_a_named_error(kind: IdType, text: str) -> None:
    try:
        identity = canonical_identity(kind, text)
    except errors.CellRefused:
        return
    assert canonical_identity(kind, identity.written) == identity
