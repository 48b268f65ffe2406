"""Chains that make blocks for transactions only, with one whose places cost nothing: a quiet poll opens, closes, and is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from backend.ground.chain.heartbeat import BEAT_AFTER_SECONDS
from backend.ground.chain.values import Stage
from backend.ground.common.clock import MovableClock
from backend.shell import health
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.world import AGAINST, CHALLENGE_SECONDS, FOR, WINDOW_SECONDS, Vote, World, signer

FREE = ("--block-base-fee-per-gas", "0", "--gas-price", "0", "--disable-min-priority-fee")


class Quiet:
    """A poll on such a chain, and time that passes for the chain and for the backend alike, without a block."""

    def __init__(self, folder: object, node: AutomineAnvil, *, funded: bool, confirmations: int) -> None:
        self.clock = MovableClock(datetime.now(UTC))
        options = {"empty_blocks": False, "confirmations": confirmations}
        self.world = World(folder, node, "http://127.0.0.1:9", self.clock, funded=funded, **options)  # type: ignore[arg-type]
        self.world.chain.heartbeat.add_boundaries(self.world.polls.boundaries)
        self.node = node

    def passes(self, seconds: int) -> None:
        """So much time, and then some rounds of the pump, each long enough after the one before."""
        self.node.node.ask("evm_increaseTime", hex(seconds))
        self.clock.move(seconds=seconds)
        self.rounds(4)

    def rounds(self, count: int) -> None:
        for _ in range(count):
            self.world.chain.pump()
            self.clock.move(seconds=BEAT_AFTER_SECONDS)
            self.node.node.ask("evm_increaseTime", hex(int(BEAT_AFTER_SECONDS)))

    @property
    def blocks(self) -> int:
        return self.node.node.block().number


@pytest.fixture(params=[("fees", 2), ("free", 2), ("free", 0)], ids=lambda one: f"{one[0]}, {one[1]} confirmations")
def quiet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quiet]:
    kind, confirmations = request.param
    node = AutomineAnvil(options=FREE if kind == "free" else ())
    yield Quiet(tmp_path_factory.mktemp("quiet"), node, funded=kind != "free", confirmations=confirmations)
    node.stop()


def test_a_quiet_poll_opens_closes_and_is_counted(quiet: Quiet) -> None:
    world = quiet.world
    vote = Vote(world, world.announce())
    assert world.polls.stage(vote.poll.id) is Stage.ANNOUNCED
    quiet.rounds(6)
    before = quiet.blocks
    quiet.passes(30)
    assert quiet.blocks == before, "no block is made without need"
    quiet.passes(60)
    assert world.polls.stage(vote.poll.id) is Stage.OPEN
    receipts = [vote.take(0, FOR), vote.take(1, AGAINST)]
    for _ in receipts:
        world.ballots.relay_once()
    quiet.rounds(5)
    world.ballots.relay_once()
    assert [vote.status(receipt) for receipt in receipts] == ["confirmed", "confirmed"]
    before = quiet.blocks
    for _ in range(5):
        quiet.passes(3600)
    assert quiet.blocks == before
    assert health.chain_faults(world.chain) == [], "silence is no halt here"
    quiet.passes(WINDOW_SECONDS - 5 * 3600)
    assert world.polls.stage(vote.poll.id) is Stage.CLOSED
    result = vote.open_sums()
    assert sum(outcome.count.heads_for for outcome in result.classes) == 1
    quiet.rounds(1)
    quiet.passes(CHALLENGE_SECONDS)
    for name in ("official 0", "official 1"):
        signature = vote.attestation(name, approve=result.passed)
        world.approvals.attest(vote.poll.id, world.members[name], signer(name), signature, approve=result.passed)
    assert world.polls.stage(vote.poll.id) in (Stage.APPROVED, Stage.REFUSED)
    quiet.rounds(6)
    before = quiet.blocks
    quiet.passes(10 * 86_400)
    assert quiet.blocks == before, "what is decided needs no more blocks"


def test_a_transaction_that_no_block_takes_is_a_halt(quiet: Quiet) -> None:
    world = quiet.world
    vote = Vote(world, world.announce())
    quiet.rounds(6)
    quiet.node.node.ask("evm_setAutomine", False)
    quiet.passes(70)
    assert world.polls.stage(vote.poll.id) is Stage.ANNOUNCED
    quiet.rounds(12)
    (fault,) = health.chain_faults(world.chain)
    assert "halted" in fault
    quiet.node.node.ask("evm_setAutomine", True)
    quiet.node.mine()
    quiet.rounds(2)
    assert health.chain_faults(world.chain) == []
    assert world.polls.stage(vote.poll.id) is Stage.OPEN
