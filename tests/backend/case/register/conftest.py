"""A real database with the register's desks over it; the chain comes in where a register is frozen."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import Office
from tests.backend.town import Town


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, FieldCipher(secrets.token_bytes(32)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("town"))
    made.start()
    yield made
    made.stop()
