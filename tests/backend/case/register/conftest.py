"""A real database with the register's desks over it; the chain comes in where a register is frozen."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, FieldCipher(secrets.token_bytes(32)))
    yield made
    made.close()
