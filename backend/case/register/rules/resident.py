"""Resident identity numbers (GB 11643): of 18 digits, and of 15 until 1999."""

from __future__ import annotations

import re
from datetime import date
from operator import mul

from backend.case.register.errors import ResidentIdBirthDateWrong, ResidentIdCheckDigitWrong, ResidentIdMalformed

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_RESIDENT = re.compile(r"[1-9][0-9]{14}")
_EARLIEST_BIRTH_YEAR, _LATEST_BIRTH_YEAR = 1880, 2100


def resident_check_digit(first_17: str) -> str:
    """The last digit of a resident identity number."""
    return _CHECK[sum(map(mul, _WEIGHTS, map(int, first_17))) % 11]


def resident_number(number: str) -> str:
    """The 18 digits. Raises: ResidentIdMalformed, ResidentIdBirthDateWrong, ResidentIdCheckDigitWrong."""
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


def is_resident_number(number: str) -> bool:
    """Whether all of its rules hold."""
    try:
        resident_number(number)
    except (ResidentIdMalformed, ResidentIdBirthDateWrong, ResidentIdCheckDigitWrong):
        return False
    return True


def old_form(number: str) -> str:
    """The 15 digits of before, for those who may have had them; else empty."""
    return number[:6] + number[8:17] if number[6:8] == "19" else ""


def _check_birth_date(digits: str) -> None:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        date(year, month, day)
    except ValueError:
        raise ResidentIdBirthDateWrong from None
    if not _EARLIEST_BIRTH_YEAR <= year <= _LATEST_BIRTH_YEAR:
        raise ResidentIdBirthDateWrong
