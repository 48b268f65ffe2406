"""Checkpoints: every block that matters has its hash written down while the chain can still tell it (protocol §8.3)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from backend.ground.chain.record import REACH, REACH_BY_ITSELF
from backend.vote.polls import checkpoints
from backend.vote.polls.checkpoints import Checkpoints
from tests.backend.vote.ballots.fixtures import issuer, node, world
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import Vote, World

__all__ = ["issuer", "node", "world"]


@pytest.fixture
def near(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A chain without EIP-2935."""
    monkeypatch.setattr(world.chain.record, "reach", lambda: REACH_BY_ITSELF)
    return world


def fresh(world: World) -> Checkpoints:
    """As after a restart: nothing is remembered."""
    return Checkpoints(world.sessions, world.chain, world.cases, world.polls)


def mine(world: World, blocks: int) -> None:
    """In steps that a node takes within the time of a request."""
    for start in range(0, blocks, 100):
        world.anvil.mine(min(100, blocks - start))


def look(world: World, keeper: Checkpoints | None = None) -> None:
    world.chain.pump()
    (keeper or fresh(world)).run_once()
    world.chain.pump()


def addresses(world: World) -> list[str]:
    return [world.case.address, *(poll.address for poll in world.polls.list_polls(world.case.id))]


def named(world: World) -> dict[int, str]:
    """Block numbers and hashes of every checkpoint of the case, checked against the chain."""
    found = {}
    for event in world.chain.events(world.case.address, "Checkpoint", confirmed=False):
        packed: bytes = event.args["blocks"]
        for at in range(0, len(packed), 40):
            number, block_hash = int.from_bytes(packed[at : at + 8], "big"), "0x" + packed[at + 8 : at + 40].hex()
            assert world.chain.block(number).hash == block_hash
            assert number < event.block
            found[number] = block_hash
    return found


def checkpoints_of(world: World) -> list[Any]:
    return world.chain.events(world.case.address, "Checkpoint", confirmed=False)


def test_this_chain_is_asked_whether_it_tells_older_hashes(world: World) -> None:
    mine(world, 300)
    assert world.chain.record.reach() == REACH


def test_nothing_is_sent_before_it_is_due_and_then_every_block_with_events_is_named(near: World) -> None:
    vote = near.open_poll()
    cast_directly(vote, vote.ballot(0))
    near.chain.pump()
    oldest = near.chain.record.blocks_with_events(addresses(near), 0)
    look(near)
    before = named(near)
    mine(near, checkpoints.EVERY_BLOCKS_BY_ITSELF)
    keeper = fresh(near)
    look(near, keeper)
    assert named(near).keys() >= set(oldest[-3:])
    mine(near, 100)
    look(near)
    many = len(checkpoints_of(near))
    look(near)
    assert len(checkpoints_of(near)) == many, "not twice for the same"
    assert before.keys() <= named(near).keys()


def test_checkpoints_follow_each_other_for_ever_so_that_each_names_the_one_before(near: World) -> None:
    look(near)
    earlier = len(checkpoints_of(near))
    for _ in range(4):
        mine(near, checkpoints.EVERY_BLOCKS_BY_ITSELF - 20)
        look(near)
    events = checkpoints_of(near)[earlier:]
    found = named(near)
    assert len(events) >= 3
    assert all(event.block in found for event in events[:-1])
    gaps = [later.block - event.block for event, later in itertools.pairwise(events)]
    assert max(gaps) <= checkpoints.EVERY_BLOCKS_BY_ITSELF + 56


def test_many_blocks_with_events_go_in_pieces(near: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MOST_BLOCKS", 4)
    vote = near.open_poll()
    for index in range(8):
        cast_directly(vote, vote.ballot(index))
    for _ in range(6):
        look(near)
    near.chain.pump()
    within = near.chain.record.blocks_with_events(addresses(near), near.chain.block().number - 100)
    assert set(within[:-5]) <= named(near).keys()
    assert max(len(event.args["blocks"]) // 40 for event in checkpoints_of(near)[-3:]) == 4


def test_after_a_long_stop_it_goes_on_from_as_far_back_as_it_can(near: World) -> None:
    look(near)
    near.chain.pump()
    last = near.chain.record.newest_event_block(addresses(near))
    mine(near, 700)
    look(near)
    found = named(near)
    head = near.chain.block().number
    assert last not in found, "nobody can tell its hash any more"
    assert any(head - REACH_BY_ITSELF < number <= head - REACH_BY_ITSELF + 2 * checkpoints.DELAY_BLOCKS for number in found)
    many = len(checkpoints_of(near))
    look(near)
    assert len(checkpoints_of(near)) == many


def test_with_the_hashes_of_8191_blocks_one_in_8000_is_enough(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkpoints.EVERY_BLOCKS + checkpoints.DELAY_BLOCKS + checkpoints.LOOK_BLOCKS <= REACH
    monkeypatch.setattr(checkpoints, "EVERY_BLOCKS", 800)  # a node needs minutes for as many as there are
    mine(world, 900)
    many = -1
    while many < (found := len(checkpoints_of(world))):  # one was due, or more of them: tests before this one may have left many blocks
        many = found
        look(world)
    mine(world, 600)
    look(world)
    assert len(checkpoints_of(world)) == many
    mine(world, 300)
    look(world)
    assert len(checkpoints_of(world)) == many + 1
    named(world)


def test_a_case_that_is_decided_needs_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.open_poll()
    many = len(checkpoints_of(world))
    monkeypatch.setattr(checkpoints.Checkpoints, "_is_over", lambda *_: True)
    monkeypatch.setattr(checkpoints, "EVERY_BLOCKS", 200)
    mine(world, 300)
    look(world)
    assert len(checkpoints_of(world)) == many


def test_killed_while_it_is_on_its_way_it_is_not_sent_again(near: World) -> None:
    vote = Vote(near, near.announce())
    assert vote
    mine(near, checkpoints.EVERY_BLOCKS_BY_ITSELF)
    near.chain.pump()
    node = near.anvil.node
    node.ask("evm_setAutomine", False)
    try:
        for _ in range(3):
            fresh(near).run_once()
        near.anvil.mine()
    finally:
        node.ask("evm_setAutomine", True)
    before = len(checkpoints_of(near))
    near.chain.pump()
    assert len(checkpoints_of(near)) == before + 1


@pytest.fixture(autouse=True)
def settled(world: World) -> None:
    """Each test begins with what is due sent."""
    look(world)
