"""Numbers that look like another kind of number."""

from __future__ import annotations

import pytest

from verifier.register.claims.numbers import is_credit_code

CODE = "91350100M000100Y43"  # the example of the standard GB 32100-2015


@pytest.mark.parametrize("number", ["", CODE[:9], CODE[:17], CODE + "0", CODE + CODE, CODE[:17] + "4", CODE.lower()])
def test_only_eighteen_characters_with_their_check_are_a_credit_code(number: str) -> None:
    assert is_credit_code(CODE)
    assert not is_credit_code(number)
