"""A chain that stands still gives no receipts, and clocks that are set neither hold ballots back nor let them in too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from backend.ground.chain.errors import ChainHalted
from backend.ground.common.clock import MovableClock
from backend.shell import health
from backend.vote.ballots.errors import IntakeOver, PollClosed, PollNotOpen
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.bodies import body_of
from tests.backend.vote.ballots.world import WINDOW_SECONDS, Vote, World


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    """The backend's own clocks, moved by hand; the chain has its own."""
    return MovableClock(datetime.now(UTC))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, node: AutomineAnvil, clock: MovableClock) -> World:
    """All rooms, with clocks that stand; no issuer is needed where ballots go one by one."""
    return World(tmp_path_factory.mktemp("halts"), node, "http://127.0.0.1:9", clock, halt_seconds=12)


@pytest.fixture
def halted(vote: Vote, clock: MovableClock) -> Iterator[Vote]:
    """An open poll with one ballot taken, whose chain then makes no block for longer than it may."""
    vote.take(0)
    vote.world.ballots.relay_once()
    vote.world.anvil.node.ask("evm_setAutomine", False)
    vote.world.chain.pump()
    clock.move(seconds=13)
    yield vote
    vote.world.anvil.node.ask("evm_setAutomine", True)
    vote.world.anvil.mine()


def test_no_receipt_is_given_while_the_chain_stands_still(halted: Vote) -> None:
    with pytest.raises(ChainHalted) as caught:
        halted.take(1)
    still = caught.value.facts["still_seconds"]
    assert isinstance(still, (int, float))
    assert still >= 12
    for language, words in (("zh", "不出具回执"), ("en", "no receipt")):
        assert words in caught.value.say(language)
    answer = halted.world.browser().post(f"/api/polls/{halted.poll.id}/ballots", body_of(halted.ballot(1)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "ChainHalted")
    assert answer.headers["retry-after"] == str(answer.json()["error"]["details"]["retry_after_seconds"])
    assert halted.world.ballots.count_by_status(halted.poll.id) == {"recorded": 1}
    (fault,) = health.chain_faults(halted.world.chain)
    assert fault.startswith("chain: halted, no block for ")
    assert not halted.take(0).is_new, "what was receipted stays receipted"
    halted.world.anvil.mine()
    assert halted.take(1).is_new
    assert health.chain_faults(halted.world.chain) == []


def test_a_chain_that_makes_blocks_for_transactions_only_is_asked_for_one(vote: Vote, clock: MovableClock) -> None:
    """No block came for an hour since nobody wanted one: a ballot is no reason to refuse anybody."""
    vote.take(0)
    vote.world.ballots.relay_once()
    before = vote.world.chain.block().number
    clock.move(hours=1)
    assert vote.take(1).is_new
    assert vote.world.chain.block().number == before + 1


def test_intake_ends_with_the_real_close_though_the_chains_time_stands(halted: Vote, clock: MovableClock) -> None:
    clock.step(hours=-3)
    clock.move(seconds=WINDOW_SECONDS - 40)
    with pytest.raises((IntakeOver, PollClosed)):
        halted.take(1)
    clock.move(seconds=60)
    with pytest.raises(PollClosed):
        halted.take(1)
    assert halted.world.chain.chain_time() < halted.poll.parameters.closes_at


@pytest.mark.parametrize("hours", [1, -1, 24 * 400])
def test_a_clock_that_is_set_opens_and_closes_nothing(world: World, clock: MovableClock, hours: int) -> None:
    vote = Vote(world, world.announce())
    world.chain.pump()
    clock.step(hours=hours)
    with pytest.raises(PollNotOpen):
        vote.take(0)
    world.anvil.move_to(vote.poll.parameters.opens_at)
    assert vote.take(0).is_new
    clock.step(hours=-hours)
    assert vote.take(1).is_new


@pytest.mark.parametrize("minutes", [10, 60, -60])
def test_ballots_taken_by_a_wrong_clock_wait_no_longer_than_others(vote: Vote, clock: MovableClock, minutes: int) -> None:
    vote.world.ballots.relay_once()  # what waits at a start goes at once; this ballot comes after it
    vote.world.settings.relay_hold_seconds = 30
    try:
        clock.step(minutes=minutes)
        receipt = vote.take(0)
        vote.world.ballots.relay_once()
        clock.step(minutes=-minutes)
        vote.world.ballots.relay_once()
        vote.world.ballots.relay_once()
        waited = vote.status(receipt)
        clock.move(seconds=30)
        vote.world.ballots.relay_once()
        assert (waited, vote.status(receipt)) == ("submitted", "recorded")
    finally:
        vote.world.settings.relay_hold_seconds = 0


def test_what_waited_through_a_restart_goes_at_once(vote: Vote) -> None:
    world = vote.world
    world.ballots.relay_once()  # what waits at the first start goes at once, too; this ballot comes after it
    world.settings.relay_hold_seconds = 30
    try:
        receipt = vote.take(0)
        world.ballots.relay_once()
        world.ballots.relay_once()
        assert vote.status(receipt) == "submitted"
        world.build_rooms()
        world.ballots.relay_once()
        assert vote.status(receipt) == "recorded"
    finally:
        world.settings.relay_hold_seconds = 0


def test_after_a_start_a_receipt_needs_a_block_that_came_since(vote: Vote, node: AutomineAnvil, clock: MovableClock) -> None:
    """The head that is found may be an hour old, and no clock can tell: the process has just begun to watch."""
    from backend.ground.chain.service import Chain
    from tests.backend.vote.ballots.world import key_of

    vote.take(0)
    world = vote.world
    running = world.chain
    try:
        world.chain = Chain(node.url, world.sessions, key_of("relay"), clock=clock)
        world.build_rooms()
        node.node.ask("evm_setAutomine", False)
        with pytest.raises(ChainHalted):
            vote.take(1)
        node.node.ask("evm_setAutomine", True)
        node.mine()
        assert vote.take(1).is_new
    finally:
        world.chain = running
        world.build_rooms()
