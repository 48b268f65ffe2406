"""Whatever happens in whatever order: each ballot is on the chain once, and the mirror says what the chain says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from backend.ground.chain.node import Node
from backend.ground.chain.service import Chain
from tests.backend.ground.chain.world import RELAY_KEY, World, open_database, open_test_chain, until

STEPS = 30


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_or_doubled(tmp_path: Path, seed: int) -> None:
    chain = open_test_chain(tmp_path, pump=False, keep_history=True)
    try:
        world = World(chain)
        poll = world.to_open()
        chain.follow(poll.address)
        node = Node(chain.rpc_url)
        node.ask("evm_setIntervalMining", 0)
        node.ask("evm_setAutomine", False)
        node.ask("anvil_mine", "0xa", "0x1")
        sent = Storm(chain, world, node, tmp_path, seed).rage()
        until(lambda: settled(chain, sent), lambda: node.ask("evm_mine"), chain.pump)
        node.ask("anvil_mine", "0x4", "0x1")
        chain.pump()
        on_chain = [log["transactionHash"] for log in node.logs([poll.address], 0, node.block().number)]
        assert sorted(on_chain) == sorted({chain.look_up(tx_id).tx_hash for tx_id in sent.values()})
        events = chain.events(poll.address, "BallotsRecorded")
        assert [event.tx_hash for event in events] == on_chain
        assert len({event.id for event in events}) == len(events)
        newest: dict[int, int] = {}
        for index, sequence in sent:
            newest[index] = max(sequence, newest.get(index, 0))
        assert {index: poll.ballot_of(index).sequence for index in newest} == newest
    finally:
        chain.stop()


def settled(chain: Chain, sent: dict[tuple[int, int], str]) -> bool:
    return all(chain.look_up(tx_id).status == "confirmed" for tx_id in sent.values())


class Storm:
    """Random ballots, blocks, rewrites, dropped pools, restarts of the app and pumps; the same seed is the same storm."""

    def __init__(self, chain: Chain, world: World, node: Node, folder: Path, seed: int) -> None:
        self.chain, self.world, self.node, self.folder = chain, world, node, folder
        self.random = random.Random(seed)
        self.sent: dict[tuple[int, int], str] = {}
        self.sequences = [0] * 7

    def rage(self) -> dict[tuple[int, int], str]:
        """Returns the transaction of each (index, sequence)."""
        acts = [
            self.cast,
            self.cast,
            self.cast,
            self.mine,
            self.mine,
            self.pump,
            self.pump,
            self.rewrite,
            self.drop,
            self.again,
            self.restart,
        ]
        for _ in range(STEPS):
            self.random.choice(acts)()
        return self.sent

    def cast(self) -> None:
        index = self.random.randrange(7)
        self.sequences[index] += 1
        sequence = self.sequences[index]
        call = self.world.cast(index, self.random.randint(1, 3), sequence)
        self.sent[index, sequence] = self.chain.send(call, f"{index}:{sequence}")

    def mine(self) -> None:
        self.node.ask("evm_mine")

    def pump(self) -> None:
        self.chain.pump()

    def rewrite(self) -> None:
        self.node.ask("anvil_reorg", self.random.randint(1, 2), [])  # never a final block: the mirror would halt, as it should

    def drop(self) -> None:
        self.node.ask("anvil_dropAllTransactions")

    def again(self) -> None:
        if self.sent:
            place, tx_id = self.random.choice(sorted(self.sent.items()))
            entry = self.chain.look_up(tx_id)
            assert entry.key == f"{place[0]}:{place[1]}"
            self.chain.pump()

    def restart(self) -> None:
        """The app ends and another object goes on with its database; the chain stays."""
        successor = Chain(self.chain.rpc_url, open_database(self.folder / "db.sqlite3"), RELAY_KEY)
        successor.pump()
