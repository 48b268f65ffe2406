"""Unified social credit codes (GB 32100)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def is_written_right(code: str) -> bool:
    """Whether these are 18 signs of the code's alphabet, in capitals."""
    return len(code) == 18 and set(code) <= _VALUE.keys()


def credit_check_character(first_17: str) -> str:
    """The last character of a code."""
    total = sum(weight * _VALUE[letter] for weight, letter in zip(_WEIGHTS, first_17, strict=True))
    return ALPHABET[-total % 31]


def is_credit_code(code: str) -> bool:
    """Whether the signs are right and the last one fits the others."""
    return is_written_right(code) and code[17] == credit_check_character(code[:17])
