"""A node whose ways differ from Anvil's, as those of Kaia, Besu or FISCO do: refused tags and ranges, no old states, other errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.errors import NodeNotAnswering, TransactionReverted
from backend.ground.chain.node import Node
from backend.ground.chain.service import Chain
from tests.backend.ground.chain.lines import Between, Refuse
from tests.backend.ground.chain.world import RELAY_KEY, World, open_database, open_test_chain


class Different:
    """The embedded chain behind a line that answers as other engines do."""

    def __init__(self, folder: Path) -> None:
        self.source = open_test_chain(folder, pump=False)
        self.node = Node(self.source.rpc_url)
        self.line = Between(self.source.rpc_url)
        self.line.answer = self.answer  # type: ignore[method-assign]
        self.tags: set[str] = set()
        self.refused: list[str] = []
        self.app = Chain(self.line.url, open_database(folder / "app.sqlite3"), RELAY_KEY)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self.check(request["method"], request["params"])
        except Refuse as refusal:
            self.refused.append(request["method"])
            return {"jsonrpc": "2.0", "id": request["id"], "error": refusal.error}
        return Between.answer(self.line, request)

    def check(self, method: str, params: list[Any]) -> None:
        """Raises: Refuse for what such an engine does not answer."""
        self.tags |= {param for param in params if isinstance(param, str) and not param.startswith("0x")}
        if {"finalized", "safe"} & {param for param in params if isinstance(param, str)}:
            raise Refuse(-32602, "invalid argument 0: hex string without 0x prefix")
        head = self.node.block().number
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) > head:
            raise Refuse(-32000, "header does not exist")
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) > 9:
            raise Refuse(-32005, "range greater than 10 max")
        if method == "eth_call" and params[1].startswith("0x") and int(params[1], 16) < head:
            raise Refuse(-32000, "missing trie node 1f2e (path ) state 0xab is not available")
        if method in {"eth_feeHistory", "eth_maxPriorityFeePerGas"}:
            raise Refuse(-32601, "the method does not exist/is not available")


@pytest.fixture
def different(tmp_path: Path) -> Iterator[Different]:
    made = Different(tmp_path)
    yield made
    made.line.stop()
    made.source.stop()


def test_a_vote_goes_through_and_its_events_are_read(different: Different) -> None:
    world = World(different.app)
    world.open_case()
    world.freeze()
    world.plan()
    poll = world.announce()
    different.source.move_time(world.terms.opens_at)
    different.app.follow(world.case.address)
    different.app.follow(poll.address)
    different.app.transact(world.cast(0, 1), "cast")
    different.node.ask("anvil_mine", "0x28", "0x1")
    different.app.pump()
    assert len(different.app.events(poll.address, "BallotsRecorded")) == 1
    assert len(different.app.events(world.case.address, "RegisterFrozen")) == 1
    assert "eth_getLogs" in different.refused, "long ranges were asked for, refused, and asked for in parts"
    assert different.tags == {"latest", "pending"}


def test_a_transaction_that_failed_is_told_why_though_no_old_state_is_left(different: Different) -> None:
    world = World(different.app)
    poll = world.to_announced()
    different.source.move_time(world.terms.opens_at)
    different.node.ask("evm_setIntervalMining", 0)
    different.node.ask("evm_setAutomine", False)
    sent = [different.app.send(world.cast(0, choice), f"cast {choice}") for choice in (1, 2)]
    different.node.ask("anvil_mine", "0x5", "0x1")
    different.app.wait(sent[0])
    with pytest.raises(TransactionReverted) as caught:
        different.app.wait(sent[1])
    assert caught.value.rule == "Poll_BallotRejected"
    assert "eth_call" in different.refused
    assert poll.ballot_of(0).choice == 1


@pytest.mark.parametrize(
    "error",
    [
        "out of luck",
        {"message": "no code"},
        {"code": "-32000", "message": "a code that is no number"},
        {"code": None, "message": None, "data": {"data": 5}},
        {"code": 3, "message": "reverted", "data": "0xabc"},
        {"code": 3, "message": "reverted", "data": "Reverted 0x08c379a0"},
        ["a", "list"],
    ],
)
def test_whatever_shape_an_error_has_it_is_a_refusal_and_no_defect(different: Different, error: Any) -> None:
    from backend.ground.chain.calls import ContractCall

    different.line.answer = lambda request: {"jsonrpc": "2.0", "id": request["id"], "error": error}  # type: ignore[method-assign]
    node = Node(different.line.url)
    with pytest.raises((NodeNotAnswering, TransactionReverted)):
        node.call(ContractCall("0x" + "11" * 20, b""))
    assert node.hash_of(3) == ""
    assert node.receipt("0x" + "22" * 32) is None


@pytest.mark.parametrize("result", [5, [], {}, "", "0x", "0xzz", "latest", [None], {"number": "0x1"}, True])
def test_whatever_a_node_answers_nothing_but_the_error_tree_is_raised(different: Different, result: Any) -> None:
    from backend.ground.chain.calls import ContractCall

    different.line.answer = lambda request: {"jsonrpc": "2.0", "id": request["id"], "result": result}  # type: ignore[method-assign]
    node, call = Node(different.line.url), ContractCall("0x" + "11" * 20, b"")
    asks: list[Callable[[], object]] = [
        node.chain_id,
        node.block,
        lambda: node.nonce(call.to or ""),
        lambda: node.estimate(call, call.to or ""),
        lambda: node.logs([call.to or ""], 1, 2),
        lambda: node.block(3),
    ]
    for ask in asks:
        try:
            found = ask()
        except NodeNotAnswering:
            continue
        assert found == [], found
    for pump in (different.app.pump,):
        with pytest.raises(NodeNotAnswering):
            pump()


def test_a_chain_whose_block_0_is_its_block_1_has_no_block_0(different: Different) -> None:
    different.line.change = lambda request, result: result | {"number": "0x1"} if request["params"][0] == "0x0" else result
    different.line.answer = lambda request: Between.answer(different.line, request)  # type: ignore[method-assign]
    node = Node(different.line.url)
    assert node.hash_of(0) == ""
    with pytest.raises(NodeNotAnswering):
        node.block(0)
