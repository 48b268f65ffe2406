"""Identity documents: every spelling of one number becomes one canonical number, so that one person is one lender.

Sources: GB 11643 (resident identity numbers), GB 32100 (unified social credit codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.register.errors import (
    CreditCodeCheckDigitWrong,
    CreditCodeMalformed,
    ResidentIdBirthDateWrong,
    ResidentIdCheckDigitWrong,
    ResidentIdMalformed,
    TravelDocumentMalformed,
)
from backend.register.rules.text import compact


class IdType(StrEnum):
    """Kinds of identity documents."""

    RESIDENT = "resident_id"
    RESIDENCE_PERMIT = "residence_permit"
    FOREIGNER_CARD = "foreigner_card"
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    CREDIT_CODE = "credit_code"


@dataclass(frozen=True, slots=True)
class Identity:
    """A canonical document number; `family` keeps numbers of different kinds apart.

    Resident identity cards, residence permits and the new foreigners' cards share one number space, so they are one family.
    """

    family: str
    number: str

    @property
    def key(self) -> str:
        """What a merge goes by."""
        return f"{self.family}:{self.number}"


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_RESIDENT = re.compile(r"[1-9][0-9]{14}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {letter: value for value, letter in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_EARLIEST_BIRTH_YEAR, _LATEST_BIRTH_YEAR = 1880, 2100


def canonical_identity(id_type: IdType, text: str) -> Identity:
    """The one spelling of a document number.

    Raises: ResidentIdMalformed, ResidentIdBirthDateWrong, ResidentIdCheckDigitWrong, CreditCodeMalformed, CreditCodeCheckDigitWrong,
    TravelDocumentMalformed.
    """
    number = compact(text)
    if id_type in {IdType.RESIDENT, IdType.RESIDENCE_PERMIT}:
        return Identity("gb11643", _resident_number(number))
    if id_type is IdType.CREDIT_CODE:
        return Identity("gb32100", _credit_code(number))
    if id_type is IdType.FOREIGNER_CARD and _RESIDENT.fullmatch(number):
        return Identity("gb11643", _resident_number(number))
    return Identity(id_type.value, _travel_number(id_type, number))


def resident_check_digit(first_17: str) -> str:
    """The last digit of a resident identity number (GB 11643)."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def credit_check_character(first_17: str) -> str:
    """The last character of a unified social credit code (GB 32100)."""
    total = sum(weight * _CREDIT_VALUE[letter] for weight, letter in zip(_CREDIT_WEIGHTS, first_17, strict=True))
    return _CREDIT_ALPHABET[-total % 31]


def _resident_number(number: str) -> str:
    if _OLD_RESIDENT.fullmatch(number):
        # Numbers of 15 digits were given out until 1999: the century is 19, and there was no check digit.
        first_17 = f"{number[:6]}19{number[6:]}"
        number = first_17 + resident_check_digit(first_17)
    elif not _RESIDENT.fullmatch(number):
        raise ResidentIdMalformed(length=len(number))
    _check_birth_date(number[6:14])
    if number[17] != resident_check_digit(number[:17]):
        raise ResidentIdCheckDigitWrong
    return number


def _check_birth_date(digits: str) -> None:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        date(year, month, day)
    except ValueError:
        raise ResidentIdBirthDateWrong from None
    if not _EARLIEST_BIRTH_YEAR <= year <= _LATEST_BIRTH_YEAR:
        raise ResidentIdBirthDateWrong


def _credit_code(number: str) -> str:
    if len(number) != 18 or not set(number) <= _CREDIT_VALUE.keys():
        raise CreditCodeMalformed
    if number[17] != credit_check_character(number[:17]):
        raise CreditCodeCheckDigitWrong
    return number


@dataclass(frozen=True)
class _Form:
    pattern: re.Pattern[str]
    zh: str
    form: str


# The first group is the holder's lasting number; what follows counts re-issued cards and must not make a second lender.
_FORMS = {
    IdType.PASSPORT: _Form(re.compile(r"([A-Z0-9]*[0-9][A-Z0-9]*)"), "护照 passport", "E12345678"),
    IdType.HK_MACAO_PERMIT: _Form(re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?"), "港澳居民来往内地通行证 Hong Kong/Macao permit", "H12345678"),
    IdType.TAIWAN_PERMIT: _Form(
        re.compile(r"([0-9]{8})(?:[0-9]{2}|\([A-Z0-9]{1,2}\)|[0-9]{2}\([A-Z]\))?"), "台湾居民来往大陆通行证 Taiwan permit", "12345678"
    ),
    IdType.FOREIGNER_CARD: _Form(re.compile(r"([A-Z]{3}[0-9]{12})"), "外国人永久居留身份证 foreigner's card", "ABC123456789012"),
}


def _travel_number(id_type: IdType, number: str) -> str:
    form = _FORMS[id_type]
    found = form.pattern.fullmatch(number)
    if found is None or (id_type is IdType.PASSPORT and not 5 <= len(number) <= 20):
        raise TravelDocumentMalformed(document=form.zh, form=form.form)
    return found.group(1)
