"""Every room's tests run on the databases that LENDERVOTE_TEST_DATABASES names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import backend.ground.chain.provider  # noqa: F401 - web3.py is loaded before anything is timed
from backend.case.plans import service as plans_service
from backend.case.plans.pdf import check_pdf_apart
from backend.ground.db import sessions
from tests import databases
from tests.backend.town import Town
from tests.no_power_cuts import without_waiting_for_the_disk

KINDS = databases.wanted()


def pytest_sessionfinish() -> None:
    databases.stop()


@pytest.fixture(scope="session", autouse=True, params=KINDS if len(KINDS) > 1 else None)
def database_url(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], str]]:
    """Gives the address of a database for a path: the SQLite file there, or a PostgreSQL database that stands for it."""
    databases.use(getattr(request, "param", KINDS[0]))
    yield databases.url_for
    databases.use(databases.SQLITE)


@pytest.fixture(scope="session", autouse=True)
def _no_power_cuts() -> Iterator[None]:
    with without_waiting_for_the_disk(sessions):
        yield


@pytest.fixture(scope="session", autouse=True)
def _each_pdf_is_looked_at_once() -> Iterator[None]:
    """Hundreds of polls are about the same file, and each look starts a process; a file that is refused is looked at every time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans_service, "check_pdf_apart", functools.lru_cache(maxsize=64)(check_pdf_apart))
        yield


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town for the tests of a file; every test opens a case of its own."""
    made = Town(tmp_path_factory.mktemp("town"))
    made.start()
    yield made
    made.stop()
