"""A ledger of its own for each test, and the providers that it sends by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.rig.providers import Providers
from tests.backend.people.notices.world import Ledger


@pytest.fixture
def providers() -> Iterator[Providers]:
    made = Providers()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def ledger(tmp_path: Path, providers: Providers) -> Ledger:
    return Ledger(tmp_path, providers)
