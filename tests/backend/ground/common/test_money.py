"""How amounts are said."""

from __future__ import annotations

import pytest

from backend.ground.common.money import say_large


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "", ""),
        (99_999_999, "", ""),
        (100_000_000, "100.00", "1.00"),
        (3_047_955_916, "3,047.96", "30.48"),
        (2**63 - 1, "9,223,372,036,854.78", "92,233,720,368.55"),
    ],
)
def test_a_large_amount_is_said_in_wan_and_in_millions_as_the_pages_say_it(fen: int, zh: str, en: str) -> None:
    assert (say_large(fen, "zh"), say_large(fen, "en")) == (zh, en)
