"""A real Anvil with a database, shared by the tests that do not harm it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.ground.chain.service import Chain
from tests.backend.ground.chain.world import open_test_chain


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """An embedded chain with its pump running."""
    opened = open_test_chain(tmp_path_factory.mktemp("chain"))
    yield opened
    opened.stop()
