"""One organisation's node that drips, packs or does not end holds nobody up and fills no memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.members import LAPSES
from backend.ground.chain.node import Node, NodeRefused
from backend.ground.chain.nodes import EXAMINE_EVERY_SECONDS, Nodes
from scripts.rig.memory import forget_peak, peak_mb
from tests.rude_servers import RUDE, Drips, serving

PATIENCE = 0.5
#: On a machine that is busy with other tests.
AT_MOST = PATIENCE + 2.0
MEMORY_MIB = 90
BLOCK = {"number": "0x7", "hash": "0x" + "11" * 32, "timestamp": "0x64"}


def told(method: str) -> Any:
    return BLOCK if method == "eth_getBlockByNumber" else "0x1"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def three(stack: ExitStack, kind: type) -> Nodes:
    urls = [stack.enter_context(serving(told, *rude)) for rude in ((), (kind,), ())]
    return Nodes([(name, url) for name, url in zip("abc", urls, strict=True)], timeout_seconds=PATIENCE)


@pytest.mark.parametrize("kind", RUDE)
@pytest.mark.parametrize("ask", [lambda nodes: nodes.block(), lambda nodes: nodes.examine([]), lambda nodes: nodes.nonce("0x" + "ab" * 20)])
def test_the_others_are_heard_in_time(stack: ExitStack, kind: type, ask: Callable[[Nodes], object]) -> None:
    nodes = three(stack, kind)
    Node(nodes._members[0].node.url).chain_id()  # web3.py is loaded
    forget_peak()
    began, before = time.monotonic(), peak_mb()
    ask(nodes)
    assert time.monotonic() - began < AT_MOST
    assert [bool(fault) for _, fault in nodes.standings()] == [False, True, False]
    assert peak_mb() - before < MEMORY_MIB


def test_whoever_is_good_when_looked_at_and_silent_when_asked_is_left_out_for_a_while(stack: ExitStack) -> None:
    nodes = three(stack, Drips)
    member, good = nodes._members[1], nodes._members[0].node
    for _ in range(LAPSES):
        member.fault = ""  # as if it had answered whoever only looks
        nodes.nonce("0x" + "ab" * 20)
    member.node = good
    nodes.examine([])
    assert member.fault
    member.lapses.clear()
    nodes._examined_at -= EXAMINE_EVERY_SECONDS
    nodes.examine([])
    assert not member.fault


def test_events_without_end_are_asked_for_in_fewer_blocks(stack: ExitStack) -> None:
    node = Node(stack.enter_context(serving(told, Drips)), timeout_seconds=PATIENCE)
    with pytest.raises(NodeRefused):
        node.logs(["0x" + "ab" * 20], 0, 9)
    with pytest.raises(NodeNotAnswering):
        node.block()
