"""Files open quickly in tests: a password's rounds are the only thing that is changed, and one test keeps them."""

from __future__ import annotations

import pytest

from verifier.trustee import key_files


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_files, "ROUNDS", 10)
