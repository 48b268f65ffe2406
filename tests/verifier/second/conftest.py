"""The votes of the recount's own tests, and forged bundles."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.tampers.forge.bundle import write
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.states import honest
from tests.verifier.tally.conftest import _published, count_again, held_vote, node_address, published  # noqa: F401
from tests.verifier.tally.vote import HeldVote


@pytest.fixture(scope="session")
def forged() -> ForgedVote:
    """An honest vote with its state; whoever changes it makes another one."""
    vote = ForgedVote().build()
    honest(vote)
    vote.chain.seal()
    return vote


@pytest.fixture(scope="session")
def bundle(forged: ForgedVote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its bundle."""
    return write(forged, tmp_path_factory.mktemp("bundle") / "evidence.zip")


@pytest.fixture(scope="session")
def honest_folder(held_vote: HeldVote, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811 - asks for the fixture
    """The published folder as it is, not to be changed."""
    folder = tmp_path_factory.mktemp("honest")
    held_vote.publish(folder)
    return folder
