"""The mirror: every event once, in order, and true to a chain that is rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.ground.chain.mirror import Mirror
from backend.ground.chain.node import Node
from backend.ground.chain.service import Chain
from tests.backend.ground.chain.world import World, case_creation, open_database, open_test_chain, until


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Chain]:
    """A chain of its own whose pump is worked by hand."""
    opened = open_test_chain(tmp_path, pump=False, keep_history=True)
    yield opened
    opened.stop()


def by_hand(chain: Chain) -> None:
    """From now on a block comes with each transaction or when told, not with time."""
    node = Node(chain.rpc_url)
    node.ask("evm_setIntervalMining", 0)
    node.ask("evm_setAutomine", True)


def mined(chain: Chain, blocks: int = 1) -> None:
    Node(chain.rpc_url).ask("anvil_mine", hex(blocks), "0x1")


def test_only_final_events_are_confirmed(still: Chain) -> None:
    world = World(still)
    world.open_case()
    by_hand(still)
    still.follow(world.case.address)
    block = world.freeze().block
    still.pump()
    assert [event.block for event in still.events(world.case.address, "RegisterFrozen", confirmed=False)] == [block]
    assert still.events(world.case.address, "RegisterFrozen") == []
    assert still.confirmed_block() == block - 2
    mined(still, 2)
    still.pump()
    assert still.confirmed_block() == block
    (event,) = still.events(world.case.address, "RegisterFrozen")
    assert (event.args["registerNumber"], event.args["root"], event.args["leafCount"]) == (0, world.levels[-1][0], 7)
    assert [totals[0] for totals in event.args["classes"]] == [4, 3]


def test_a_rewritten_chain_is_read_again(still: Chain, tmp_path: Path) -> None:
    """Ballots in removed blocks vanish from the mirror, come again with the outbox, and no id is used twice."""
    world = World(still)
    poll = world.to_open()
    still.follow(poll.address)
    world.transact(world.cast(0, 1), "cast 0")
    by_hand(still)
    mined(still)
    kept = world.transact(world.cast(1, 1), "cast 1")
    still.pump()
    lost = [world.transact(world.cast(index, 2), f"cast {index}") for index in (2, 3)]
    still.pump()
    before = still.events(poll.address, "BallotsRecorded", confirmed=False)
    assert [event.tx_hash for event in before][1:] == [kept.tx_hash, *(one.tx_hash for one in lost)]

    Node(still.rpc_url).ask("anvil_reorg", 2, [])
    mirror = Mirror(Node(still.rpc_url), open_database(tmp_path / "db.sqlite3"), 2)
    mirror.pump()  # the mirror alone, before anything is sent again
    assert [event.id for event in mirror.events(poll.address, "BallotsRecorded", confirmed=False)] == [event.id for event in before[:2]]

    until(lambda: len(still.events(poll.address, "BallotsRecorded", confirmed=False)) == 4, still.pump)
    after = still.events(poll.address, "BallotsRecorded", confirmed=False)
    assert [event.tx_hash for event in after] == [event.tx_hash for event in before]
    assert min(event.id for event in after[2:]) > max(event.id for event in before)
    assert [event.block_hash for event in after[2:]] != [event.block_hash for event in before[2:]]
    assert poll.ballot_of(3).sequence == 1


def test_a_contract_followed_late_is_read_from_its_beginning(still: Chain) -> None:
    world = World(still)
    poll = world.to_open()
    world.transact(world.cast(4, 3), "cast")
    mined(still, 20)
    still.follow(world.case.address)
    still.pump()
    still.follow(poll.address)
    still.pump()
    still.pump()
    assert len(still.events(poll.address, "BallotsRecorded")) == 1
    assert len(still.events(world.case.address, "PollAnnounced")) == 1


def test_an_event_that_a_node_had_late_is_added_in_order(still: Chain, tmp_path: Path) -> None:
    """A node may show a block before its logs: what was missed in the last blocks is found on the next round."""
    world = World(still)
    world.open_case()
    still.follow(world.case.address)
    world.freeze()
    world.plan()
    still.pump()
    sessions = open_database(tmp_path / "db.sqlite3")
    (frozen,) = still.events(world.case.address, "RegisterFrozen", confirmed=False)
    (submitted,) = still.events(world.case.address, "PlanSubmitted", confirmed=False)
    with sessions.begin() as session:
        session.execute(text("delete from chain_events where id = :id"), {"id": submitted.id})
        session.execute(text("update chain_followed set next_block = :block"), {"block": submitted.block + 1})
    still.pump()
    (again,) = still.events(world.case.address, "PlanSubmitted", confirmed=False)
    (admitted,) = still.events(world.case.address, "PlanAdmitted", confirmed=False)
    assert again.tx_hash == submitted.tx_hash
    assert frozen.id < again.id < admitted.id


def test_another_chain_in_its_place_is_read_from_the_start(still: Chain, tmp_path: Path) -> None:
    """All state lost: nothing of the old chain stays, and what was sent then is on the new one at the same address."""
    world = World(still)
    world.open_case()
    still.follow(world.case.address)
    still.pump()
    assert len(still.events(world.case.address, "CaseOpened", confirmed=False)) == 1
    mined(still, 30)
    still.pump()
    still.stop()
    (tmp_path / "state.json").unlink()
    still.start(pump=False)
    assert Node(still.rpc_url).code(world.case.address) == b""
    mined(still, 60)  # longer than the outbox looks back: the missing nonce tells
    until(lambda: Node(still.rpc_url).code(world.case.address) != b"", still.pump)
    until(lambda: len(still.events(world.case.address, "CaseOpened", confirmed=False)) == 1, still.pump)
    assert still.transact(case_creation(), "after").block <= Node(still.rpc_url).block().number


class RewrittenWhileRead(Node):
    """The node itself, rewriting its last block once, between a look at its events and a look at its head."""

    rewritten = False

    def logs(self, addresses: list[str], from_block: int, to_block: int) -> list[dict[str, Any]]:
        found = super().logs(addresses, from_block, to_block)
        if not self.rewritten:
            self.ask("anvil_reorg", 1, [])
            self.rewritten = True
        return found


def test_a_chain_rewritten_while_it_is_read_leaves_no_mixture(still: Chain, tmp_path: Path) -> None:
    world = World(still)
    world.open_case()
    by_hand(still)
    still.follow(world.case.address)
    world.freeze()
    mirror = Mirror(RewrittenWhileRead(still.rpc_url), open_database(tmp_path / "db.sqlite3"), 2)
    mirror.pump()
    assert mirror.events(world.case.address, "RegisterFrozen", confirmed=False) == []
    mirror.pump()
    assert mirror.events(world.case.address, "RegisterFrozen", confirmed=False) == []
    assert len(mirror.events(world.case.address, "CaseOpened", confirmed=False)) == 1
