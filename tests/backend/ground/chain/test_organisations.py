"""Nodes of three organisations on a real chain, one of them lying, late or silent, and asked first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.errors import OrganisationsDisagree
from backend.ground.chain.node import Node
from backend.ground.chain.nodes import Nodes
from backend.ground.chain.service import Chain
from backend.shell import health
from tests.backend.ground.chain.lines import Between, Refuse
from tests.backend.ground.chain.three import Three
from tests.backend.ground.chain.world import RELAY_KEY, World, case_creation, open_database, open_test_chain


class Organisations(Three):
    """Three organisations, the first of which is a liar, and a case on their chain."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "liar", "court", "bank")
        self.world = World(self.app)

    def mine(self, blocks: int) -> None:
        Node(self.source.rpc_url).ask("anvil_mine", hex(blocks), "0x1")

    def looked(self) -> list[str]:
        """What is held against each node after another round."""
        assert isinstance(self.app._node, Nodes)
        self.app._node._examined_at = float("-inf")
        self.app.pump()
        return [fault for _, fault in self.app.standing().nodes]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Organisations]:
    made = Organisations(tmp_path)
    yield made
    made.stop()


def other_history(request: dict[str, Any], result: Any) -> Any:
    """Every block has another hash, and nothing ever happened."""
    if request["method"] == "eth_getBlockByNumber" and result:
        return result | {"hash": "0x" + f"{int(result['number'], 16):064x}"}
    return [] if request["method"] == "eth_getLogs" else result


def test_a_lone_liar_asked_first_makes_nothing_final_and_the_honest_stay(three: Organisations) -> None:
    three.lines[0].change = other_history
    three.world.open_case()
    three.app.follow(three.world.case.address)
    frozen = three.world.freeze()
    three.mine(20)
    faults = three.looked()
    assert faults[0].startswith("tells block")
    assert faults[1:] == ["", ""]
    (event,) = three.app.events(three.world.case.address, "RegisterFrozen")
    assert (event.block_hash, event.tx_hash) == (frozen.block_hash, frozen.tx_hash)
    assert three.app.standing().halted_at is None
    assert health.chain_faults(three.app) == []
    assert any("liar" in note for note in health.chain_notes(three.app))


def test_events_that_one_leaves_out_or_makes_up_are_told_by_the_others(three: Organisations) -> None:
    three.world.open_case()
    three.app.follow(three.world.case.address)

    def made_up(request: dict[str, Any], result: Any) -> Any:
        if request["method"] != "eth_getLogs":
            return result
        return [one | {"data": one["data"][:-64] + "f" * 64} for one in result] if len(result) > 1 else []

    three.lines[0].change = made_up
    three.world.freeze()
    three.world.plan()
    three.mine(3)
    three.looked()
    assert len(three.app.events(three.world.case.address, "RegisterFrozen")) == 1
    (submitted,) = three.app.events(three.world.case.address, "PlanSubmitted")
    assert submitted.args["planHash"] != b"\xff" * 32


def test_a_transaction_that_one_keeps_to_itself_is_recorded_all_the_same(three: Organisations) -> None:
    sent = []

    def kept(request: dict[str, Any]) -> dict[str, Any]:
        if request["method"] == "eth_sendRawTransaction":
            sent.append(request)
            return {"jsonrpc": "2.0", "id": request["id"], "result": "0x" + "00" * 32}
        return Between.answer(three.lines[0], request)

    three.lines[0].answer = kept  # type: ignore[method-assign]
    assert three.app.transact(case_creation(), "kept").created_address
    assert sent


def test_one_node_cannot_say_that_a_transaction_failed_or_went_through(three: Organisations) -> None:
    """A receipt, a refusal or a nonce that one makes up would lose a ballot or send it twice."""

    def lies(request: dict[str, Any], result: Any) -> Any:
        if request["method"] == "eth_getTransactionReceipt" and result:
            return result | {"status": "0x0", "logs": []}
        if request["method"] == "eth_estimateGas":
            raise Refuse(3, "execution reverted", "0x")
        return hex(500) if request["method"] == "eth_getTransactionCount" else result

    three.lines[0].change = lies
    three.world.to_announced()
    assert Node(three.source.rpc_url).nonce(three.app.relay_address) == 5
    assert three.app.standing().waiting == 0


def test_with_one_organisation_left_sending_goes_on_and_nothing_becomes_final(three: Organisations) -> None:
    three.world.open_case()
    three.app.follow(three.world.case.address)
    three.looked()
    confirmed = three.app.confirmed_block()
    three.lines[1].down = three.lines[2].down = True
    three.lines[0].change = other_history
    tx_id = three.app.send(case_creation(), "alone")
    three.mine(20)
    faults = three.looked()
    assert [fault.startswith("does not answer") for fault in faults] == [False, True, True]
    assert three.app.confirmed_block() == confirmed
    assert three.app.look_up(tx_id).status == "sent", "one organisation's receipt confirms nothing"
    assert three.app.standing().halted_at is None
    assert three.app.standing().finality_waits == "one organisation alone answers (1/3)"
    assert any("nothing becomes final" in note for note in health.chain_notes(three.app))
    three.lines[1].down = three.lines[2].down = False
    three.looked()
    three.looked()
    assert three.app.standing().finality_waits == ""
    assert three.app.confirmed_block() > confirmed
    assert three.app.look_up(tx_id).status == "confirmed"


def test_three_who_all_tell_different_things_are_a_fault_that_is_said(three: Organisations) -> None:
    three.mine(20)
    three.looked()
    three.lines[0].change = other_history
    three.lines[1].change = lambda request, result: (
        result | {"hash": "0x" + "cd" * 32} if request["method"] == "eth_getBlockByNumber" and result else result
    )
    with pytest.raises(OrganisationsDisagree):
        three.app.block(5)


def test_a_single_organisation_is_allowed_and_visible(tmp_path: Path) -> None:
    source = open_test_chain(tmp_path, pump=False)
    app = Chain(source.rpc_url, open_database(tmp_path / "app.sqlite3"), RELAY_KEY)
    try:
        app.pump()
        assert health.chain_notes(app) == ["chain: one organisation's word, 127.0.0.1"]
        assert health.chain_notes(source) == []
        assert health.chain_faults(app) == []
    finally:
        source.stop()
