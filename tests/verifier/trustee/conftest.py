"""Files open quickly in tests: a password's rounds are the only thing that is changed, and one test keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verifier.trustee.desk import Desk
from verifier.trustee import key_files


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_files, "ROUNDS", 10)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], few_rounds: None) -> Desk:
    """2 of 3 seats, before anything was done."""
    return Desk(tmp_path, capsys)
