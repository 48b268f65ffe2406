"""Several nodes: whoever answers is asked; who is late or tells another history is left out and named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from backend.ground.chain.nodes import Nodes, open_node
from backend.ground.chain.service import Chain
from tests.backend.ground.chain.lines import Between
from tests.backend.ground.chain.world import RELAY_KEY, case_creation, open_database, open_test_chain


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Chain, Chain, Between]]:
    """The embedded chain, and an app that sees it first through somebody between, then directly."""
    source = open_test_chain(tmp_path, pump=False)
    between = Between(source.rpc_url)
    app = Chain(f"{between.url}, {source.rpc_url}", open_database(tmp_path / "app.sqlite3"), RELAY_KEY)
    yield source, app, between
    between.stop()
    source.stop()


def looked(app: Chain) -> list[str]:
    """What is held against each node after another look."""
    assert isinstance(app._node, Nodes)
    app._node._examined_at = float("-inf")
    app.pump()
    return [fault for _, fault in app.standing().nodes]


def test_the_next_node_answers_when_the_first_is_down(pair: tuple[Chain, Chain, Between]) -> None:
    _, app, between = pair
    assert looked(app) == ["", ""]
    between.down = True
    assert app.transact(case_creation(), "failover").created_address
    faults = looked(app)
    assert faults[0].startswith("does not answer")
    assert faults[1] == ""
    between.down = False
    assert looked(app) == ["", ""]


def test_a_node_that_lags_is_left_out(pair: tuple[Chain, Chain, Between]) -> None:
    source, app, between = pair
    Node(source.rpc_url).ask("anvil_mine", "0x20", "0x1")
    app.pump()
    stale = Node(source.rpc_url).block()

    def old_head(request: dict[str, Any], result: Any) -> Any:
        if request["method"] == "eth_getBlockByNumber" and request["params"][0] == "latest":
            return httpx.post(source.rpc_url, json=request | {"params": [hex(stale.number), False]}).json()["result"]
        return result

    between.change = old_head
    Node(source.rpc_url).ask("anvil_mine", "0x10", "0x1")
    assert looked(app)[0].startswith("lags behind")
    assert app.block().number > stale.number


def test_a_node_that_lies_about_a_final_block_is_left_out_and_halts_nobody(pair: tuple[Chain, Chain, Between]) -> None:
    source, app, between = pair
    Node(source.rpc_url).ask("anvil_mine", "0x10", "0x1")
    app.pump()

    def other_history(request: dict[str, Any], result: Any) -> Any:
        return result | {"hash": "0x" + "ab" * 32} if request["method"] == "eth_getBlockByNumber" and result else result

    between.change = other_history
    assert looked(app)[0].startswith("tells block")
    assert app.standing().halted_at is None


def test_nobody_answers(tmp_path: Path) -> None:
    node = open_node("http://127.0.0.1:9, http://127.0.0.1:10")
    with pytest.raises(NodeNotAnswering):
        node.chain_id()
    assert open_node("http://secret:word@node.example:8545/token").name == "node.example:8545"
