"""Numbers with check digits: residents (GB 11643), organisations (GB 32100, GB 11714)."""

from __future__ import annotations

import re
from datetime import date

from verifier.register.claims.rules import RuleBroken

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}


def resident(number: str) -> str:
    """The 18 digits of a resident, also from the 15 of before 1999. Raises: RuleBroken."""
    if re.fullmatch("[1-9][0-9]{14}", number):
        number = f"{number[:6]}19{number[6:]}"
        number += _resident_check(number)
    if not re.fullmatch("[1-9][0-9]{16}[0-9X]", number):
        raise RuleBroken("ResidentIdMalformed", length=len(number))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise RuleBroken("ResidentIdBirthDateWrong") from None
    if not 1880 <= born.year <= 2100:
        raise RuleBroken("ResidentIdBirthDateWrong")
    if number[17] != _resident_check(number):
        raise RuleBroken("ResidentIdCheckDigitWrong")
    return number


def is_resident(number: str) -> bool:
    """Whether it is a resident's number, of either length."""
    try:
        resident(number)
    except RuleBroken:
        return False
    return True


def before_1999(number: str) -> str:
    """The 15 digits that a resident of 18 may have had; nothing for those born later."""
    return number[:6] + number[8:17] if number[6:8] == "19" else ""


def is_credit_code(number: str) -> bool:
    """Whether 18 characters are a unified social credit code with its check character."""
    return len(number) == 18 and set(number) <= _VALUES.keys() and number[17] == _credit_check(number)


def credit_code(number: str) -> str:
    """A right one. Raises: RuleBroken."""
    if len(number) != 18 or not set(number) <= _VALUES.keys():
        raise RuleBroken("CreditCodeMalformed")
    if not is_credit_code(number):
        raise RuleBroken("CreditCodeCheckDigitWrong")
    return number


def organisation_code(number: str) -> str:
    """Eight characters and their check character. Raises: RuleBroken."""
    if not re.fullmatch("[0-9A-Z]{8}[0-9X]", number):
        raise RuleBroken("TravelDocumentMalformed", form="12345678-X")
    total = sum(weight * int(letter, 36) for weight, letter in zip((3, 7, 9, 10, 5, 8, 4, 2), number[:8], strict=True))
    if number[8] != "0123456789X"[-total % 11]:
        raise RuleBroken("OrganisationCodeCheckDigitWrong")
    return number


def _resident_check(number: str) -> str:
    """Weights are the powers of 2 modulo 11, the last of the 17 digits having the 1st power."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11]


def _credit_check(number: str) -> str:
    total = sum(_VALUES[letter] * pow(3, place, 31) for place, letter in enumerate(number[:17]))
    return _LETTERS[-total % 31]
