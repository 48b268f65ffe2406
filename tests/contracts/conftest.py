"""Fixtures of the contract tests: one node for all, set back after every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.build.contracts import ROOT, compile_folder
from tests.contracts.ballot_box import Lender, Register, make_register
from tests.contracts.chain import Chain, chosen_node
from tests.contracts.world import OpenPoll, World


@pytest.fixture(scope="session")
def _chain() -> Iterator[Chain]:
    with chosen_node() as address:
        yield Chain(address)


@pytest.fixture(scope="session")
def register() -> Register:
    """300 lenders in two classes; lenders 4 and 6, of the same class, have the same commitment."""
    lenders = list(make_register(300).lenders)
    twin = lenders[4]
    lenders[6] = Lender(6, twin.voting_class, twin.amount_fen, twin.blind)
    return Register(lenders)


@pytest.fixture(scope="session")
def _prepared(_chain: Chain, register: Register) -> tuple[World, OpenPoll]:
    world = World(_chain)
    world.freeze(register)
    world.admit(world.submit())
    return world, OpenPoll.announce(world, register, world.terms())


@pytest.fixture
def chain(_chain: Chain, _prepared: object) -> Iterator[Chain]:
    """The chain with the prepared case; everything a test does to it is undone."""
    snapshot = _chain.rpc("evm_snapshot")
    yield _chain
    assert _chain.rpc("evm_revert", snapshot)


@pytest.fixture
def world(chain: Chain, _prepared: tuple[World, OpenPoll]) -> World:
    """A case with register 0 frozen, plan 0 admitted, poll 0 announced."""
    return _prepared[0]


@pytest.fixture
def announced(chain: Chain, _prepared: tuple[World, OpenPoll]) -> OpenPoll:
    """Poll 0 before it opens."""
    return _prepared[1]


@pytest.fixture
def poll(announced: OpenPoll) -> OpenPoll:
    """Poll 0, open."""
    announced.chain.warp(announced.terms.opens_at)
    return announced


@pytest.fixture(scope="session")
def harness() -> Path:
    """Compiled contracts that exist for the tests alone."""
    here = Path(__file__).parent
    return compile_folder(here / "harness", ROOT / "build" / "test-contracts")
