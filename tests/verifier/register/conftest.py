"""Honest papers of a small register."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verifier.register.papers import Papers


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The same password and salt give the same key, which takes a tenth of a second to work out; hypothesis asks for many."""
    import functools
    import hashlib

    monkeypatch.setattr(hashlib, "scrypt", functools.lru_cache(maxsize=64)(hashlib.scrypt))
