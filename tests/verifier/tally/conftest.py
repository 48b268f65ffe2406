"""One real vote for all tests of the recount; each test gets its own copy of the published folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.vote import HeldVote
from verifier.tally.__main__ import recount
from verifier.tally.progress import Progress
from verifier.tally.recount import Options, Recount


@pytest.fixture(scope="session")
def node_address() -> Iterator[str]:
    """A real chain of its own."""
    with anvil() as address:
        yield address


@pytest.fixture(scope="session")
def held_vote(node_address: str) -> HeldVote:
    """A vote from the register to the officials' approval."""
    vote = HeldVote.announce(Chain(node_address))
    vote.hold()
    vote.close()
    return vote


@pytest.fixture(scope="session")
def _published(held_vote: HeldVote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    held_vote.publish(folder)
    return folder


@pytest.fixture
def published(_published: Path, tmp_path: Path) -> Path:
    """A copy of the published folder, to be spoiled."""
    return Path(shutil.copytree(_published, tmp_path / "published"))


@pytest.fixture
def count_again(node_address: str) -> Callable[..., Recount]:
    """Recounts a folder against the real node, or another address."""

    def again(folder: Path, address: str = node_address, **brought: Any) -> Recount:
        return recount(address, folder, Options(**brought), progress=Progress(quiet=True))

    return again
