"""One town for all tests of the room; every test opens a case of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backend.town import Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("town"))
    made.start()
    yield made
    made.stop()
