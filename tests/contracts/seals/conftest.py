"""A case with trustees and a sealed poll, on the node of all contract tests; set back after every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.ballot_box import Register
from tests.contracts.chain import Chain
from tests.contracts.sealed_world import SealedPoll, SealedTerms, SealedWorld, SealKeys


@pytest.fixture(scope="session")
def _sealed(_chain: Chain, register: Register) -> SealedPoll:
    world = SealedWorld(_chain)
    world.freeze(register)
    world.admit(world.submit())
    return SealedPoll.announce(world, register, SealedTerms(world.terms()), SealKeys())


@pytest.fixture
def announced_sealed(_sealed: SealedPoll) -> Iterator[SealedPoll]:
    """Poll 0 of one motion, before it opens."""
    snapshot = _sealed.chain.rpc("evm_snapshot")
    _sealed.records = []
    yield _sealed
    assert _sealed.chain.rpc("evm_revert", snapshot)


@pytest.fixture
def sealed(announced_sealed: SealedPoll) -> SealedPoll:
    """Poll 0 of one motion, open."""
    announced_sealed.chain.warp(announced_sealed.terms.poll.opens_at)
    return announced_sealed


@pytest.fixture
def sealed_world(announced_sealed: SealedPoll) -> SealedWorld:
    """The case with trustees, register 0 frozen, plan 0 admitted, poll 0 announced."""
    return announced_sealed.world
