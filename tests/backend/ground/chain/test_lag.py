"""Nodes that are a few blocks late, cut ranges off in silence or refuse them: the mirror misses no event and tells none twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.mirror import Mirror
from backend.ground.chain.node import Node, NodeRefused
from backend.ground.chain.nodes import LAG_BLOCKS
from backend.ground.common.hashing import keccak
from backend.ground.db.base import Base
from backend.ground.db.sessions import open_engine, open_sessions

Fresh = Callable[..., Mirror]
POLL = "0x" + "11" * 20
TOPIC = keccak(b"BallotsRecorded(bytes)")


def block_hash(number: int) -> str:
    return f"0x{number + 7_000_000:064x}"


def log_of(block: int) -> dict[str, Any]:
    recorded = block.to_bytes(4, "big") + b"\x05"
    return {
        "address": POLL,
        "topics": ["0x" + TOPIC.hex()],
        "data": "0x" + encode(["bytes"], [recorded]).hex(),
        "blockNumber": hex(block),
        "blockHash": block_hash(block),
        "transactionHash": f"0x{block:064x}",
        "logIndex": "0x0",
    }


class Late(Node):
    """A chain with events; what is asked of the logs may be answered by a node `late` blocks behind that says nothing of it."""

    def __init__(self) -> None:
        super().__init__("http://late.example")
        self.head, self.late, self.most = 0, 0, 10**9
        self.beyond_head_refused = False
        self.events: set[int] = set()

    def ask(self, method: str, *params: Any) -> Any:
        if method == "eth_getLogs":
            return self._logs(int(params[0]["fromBlock"], 16), int(params[0]["toBlock"], 16))
        assert method == "eth_getBlockByNumber"
        number = self.head if params[0] == "latest" else int(params[0], 16)
        return {"number": hex(number), "hash": block_hash(number), "timestamp": hex(number)} if number <= self.head else None

    def _logs(self, first: int, last: int) -> list[dict[str, Any]]:
        if last - first + 1 > self.most:
            raise NodeRefused(-32005, f"at most {self.most} blocks", None)
        if self.beyond_head_refused and last > self.head - self.late:
            raise NodeRefused(-32000, "header does not exist", None)
        return [log_of(number) for number in range(first, min(last, self.head - self.late) + 1) if number in self.events]


@pytest.fixture(scope="module")
def fresh_mirror(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Makes a mirror with a database of its own."""

    def made(node: Node, confirmations: int = 2) -> Mirror:
        engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('lag') / 'db.sqlite3'}")
        Base.metadata.create_all(engine)
        return Mirror(node, open_sessions(engine), confirmations)

    return made


ROUNDS = st.lists(
    st.tuples(
        st.integers(0, 30),  # blocks until the next round
        st.integers(0, LAG_BLOCKS),  # how late the node is that is asked for logs
        st.sampled_from([3, 7, 10**9]),  # the most blocks it answers for at once
        st.booleans(),  # whether it refuses what is beyond its head, or says nothing of it
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROUNDS, st.sets(st.integers(1, 400), max_size=40), st.booleans())
def test_every_event_is_told_once_and_in_order(
    fresh_mirror: Fresh, rounds: list[tuple[int, int, int, bool]], some: set[int], busy: bool
) -> None:
    node = Late()
    events = set(range(1, 400)) - some if busy else some
    node.events = events
    mirror = fresh_mirror(node)
    mirror.follow(POLL)
    for blocks, late, most, refused in rounds:
        node.head += blocks
        node.late, node.most, node.beyond_head_refused = min(late, node.head), most, refused
        try:
            mirror.pump()
        except NodeNotAnswering:
            continue  # said, and tried again next round
    node.late, node.most, node.beyond_head_refused = 0, 10**9, False
    node.head += LAG_BLOCKS
    mirror.pump()
    told = mirror.events(POLL, "BallotsRecorded", confirmed=False)
    assert [event.block for event in told] == sorted(block for block in events if block <= node.head)
    assert len({event.id for event in told}) == len(told)


def test_a_node_that_refuses_every_range_is_said_to_and_tried_again(fresh_mirror: Fresh) -> None:
    node = Late()
    node.head, node.most, node.events = 20, 0, {5}
    mirror = fresh_mirror(node)
    mirror.follow(POLL)
    with pytest.raises(NodeNotAnswering, match="logs of block"):
        mirror.pump()
    node.most = 4
    mirror.pump()
    assert [event.block for event in mirror.events(POLL, "BallotsRecorded")] == [5]


def test_an_event_that_no_contract_of_ours_can_have_written_is_not_kept(fresh_mirror: Fresh) -> None:
    node = Late()
    node.head, node.events = 20, {5}
    mirror = fresh_mirror(node)
    mirror.follow(POLL)
    good = node._logs
    node._logs = lambda first, last: [one | {"data": "0x0001"} for one in good(first, last)]  # type: ignore[method-assign]
    with pytest.raises(NodeNotAnswering, match="no contract of ours"):
        mirror.pump()
    node._logs = good  # type: ignore[method-assign]
    mirror.pump()
    assert len(mirror.events(POLL, "BallotsRecorded")) == 1


def test_without_confirmations_the_newest_block_is_final(fresh_mirror: Fresh) -> None:
    node = Late()
    node.head, node.events = 20, {20}
    mirror = fresh_mirror(node, confirmations=0)
    mirror.follow(POLL)
    mirror.pump()
    assert [event.block for event in mirror.events(POLL, "BallotsRecorded")] == [20]
    assert not mirror.awaits_blocks(20)
