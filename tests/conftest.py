"""What holds for every test: nobody speaks to another machine, and the order's seed is on the screen."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import fence, spread
from tests.closing_line import ClosingLine


def pytest_configure(config: pytest.Config) -> None:
    """Also in each of pytest-xdist's workers, but only the process that prints has a closing line."""
    fence.raise_fence()
    # Each client of httpx reads all certificates there are, 40 ms of a processor, also to speak to this machine without any.
    ssl.create_default_context = functools.lru_cache(ssl.create_default_context)  # type: ignore[assignment]
    settings.register_profile("any machine", deadline=None)  # on a busy one an example takes as long as it takes
    settings.load_profile("any machine")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ClosingLine(config), "closing-line")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the order was drawn by lot."""
    spread.arrange(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Which process gets which tests."""
    return spread.scheduler(config, log)


@pytest.fixture(autouse=True)
def _this_machine_alone() -> Iterator[None]:
    """Fails a test that wanted to speak to another machine, even where the code took the refusal for an answer."""
    yield
    refused, fence.refused[:] = list(fence.refused), []
    assert refused == [], "spoke to other machines"
