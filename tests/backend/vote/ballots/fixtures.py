"""Fixtures of the rooms from credentials to publication; their conftests import them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.world import Vote, World, key_of


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory, node: AutomineAnvil) -> Iterator[IssuerProcess]:
    """The issuer's process; started by the tests that need it."""
    process = IssuerProcess(tmp_path_factory.mktemp("issuer") / "data", node.url, key_of("verifier"))
    yield process
    process.stop()


@pytest.fixture(scope="module")
def node() -> Iterator[AutomineAnvil]:
    """A chain of this module's own."""
    anvil = AutomineAnvil()
    yield anvil
    anvil.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, node: AutomineAnvil, issuer: IssuerProcess) -> Iterator[World]:
    """All rooms with one case and a frozen register; the issuer's operator has its fingerprint."""
    world = World(tmp_path_factory.mktemp("world"), node, issuer.url)
    issuer.pin(world.case, world.chain.chain_id)
    yield world
    world.close()


@pytest.fixture
def vote(world: World) -> Vote:
    """A new poll that is open."""
    return world.open_poll()


@pytest.fixture
def standing_vote(world: World) -> Vote:
    """An open poll that the tests of a module share and leave as it is; another one when some test has moved the clock to its close."""
    return world.standing_vote()
