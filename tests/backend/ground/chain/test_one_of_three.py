"""Nodes of three organisations, one of which changes a field that only the service reads; and what was signed on a lie is signed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from backend.ground.chain.service import Chain
from tests.backend.ground.chain.lines import Between
from tests.backend.ground.chain.three import Three
from tests.backend.ground.chain.world import RELAY_KEY, case_creation, officials, open_database, open_test_chain, signer_of, until

MOST = "0x" + "f" * 64


class Lines(Three):
    """Three organisations, each of whose nodes may change a field."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "court", "office", "bank")

    def lies(self, place: int, method: str, lie: Callable[[Any], Any]) -> None:
        """The node in this place changes what it answers to a method."""
        self.lines[place].change = lambda request, result: lie(result) if request["method"] == method and result else result

    def records(self, key: str) -> bool:
        return self.app.transact(ContractCall(self.app.relay_address, key.encode()), key, 10).block > 0


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Lines]:
    made = Lines(tmp_path)
    yield made
    made.stop()


@pytest.mark.parametrize("place", [0, 2])
def test_one_that_makes_up_gas_holds_nothing_up(three: Lines, place: int) -> None:
    three.app.pump()
    for gas in ("0x10000000000", "0x1", MOST):
        three.lies(place, "eth_estimateGas", lambda _, gas=gas: gas)  # type: ignore[misc]
        assert three.records(gas)


def test_one_that_makes_up_a_header_holds_nothing_up(three: Lines) -> None:
    three.app.pump()
    for at, change in enumerate(
        ({"baseFeePerGas": "0x0"}, {"baseFeePerGas": "0x" + "f" * 30}, {"baseFeePerGas": MOST}, {"gasLimit": "0x1"}, {"extraData": 7})
    ):
        three.lies(0, "eth_getBlockByNumber", lambda block, change=change: block | change)  # type: ignore[misc]
        assert three.records(f"header {at}")


@pytest.mark.parametrize("change", [{"contractAddress": "0x" + "66" * 20}, {"status": "0x0"}, {"gasUsed": "0x1"}, {"gasUsed": MOST}])
def test_one_that_makes_up_a_receipt_chooses_no_address_of_a_case(three: Lines, change: dict[str, str]) -> None:
    three.lies(0, "eth_getTransactionReceipt", lambda receipt: receipt | change)
    address = three.app.deploy_case(officials(), 2, signer_of("institution"), "case", rehearsal=False)
    assert Node(three.source.rpc_url).code(address)


def test_bytes_of_a_note_that_no_block_holds_yet_are_not_taken_for_recorded(three: Lines) -> None:
    """The number of the block is compared, too."""
    tx_id = three.app.note(b"a note", "note")
    tx_hash = three.app.wait(tx_id, 10).tx_hash
    three.lies(0, "eth_getTransactionByHash", lambda sent: sent | {"blockNumber": None})
    assert three.app.noted(tx_hash) == b"a note"


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[tuple[Chain, Between]]:
    """An app that knows one node, which may lie at first."""
    source = open_test_chain(tmp_path, pump=False)
    line = Between(source.rpc_url)
    yield Chain(line.url, open_database(tmp_path / "app.sqlite3"), RELAY_KEY), line
    line.stop()
    source.stop()


def _gas_without_bounds(request: dict[str, Any], result: Any) -> Any:
    if request["method"] == "eth_estimateGas":
        return "0x10000000000"
    return {**result, "gasLimit": None} if request["method"] == "eth_getBlockByNumber" else result


def _no_gas(request: dict[str, Any], result: Any) -> Any:
    return "0x1" if request["method"] == "eth_estimateGas" else result


def _nothing_to_pay(request: dict[str, Any], result: Any) -> Any:
    if request["method"] in {"eth_gasPrice", "eth_maxPriorityFeePerGas"}:
        return "0x0"
    return {**result, "baseFeePerGas": "0x0"} if request["method"] == "eth_getBlockByNumber" else result


def _more_than_anybody_has(request: dict[str, Any], result: Any) -> Any:
    return {**result, "baseFeePerGas": "0x" + "f" * 22} if request["method"] == "eth_getBlockByNumber" else result


@pytest.mark.parametrize("lie", [_gas_without_bounds, _no_gas, _nothing_to_pay, _more_than_anybody_has])
def test_what_was_signed_on_a_lie_is_signed_again_under_its_nonce(
    alone: tuple[Chain, Between], lie: Callable[[dict[str, Any], Any], Any]
) -> None:
    app, line = alone
    line.change = lie
    first = app.send(case_creation(), "first")
    signed = app.look_up(first).tx_hash
    behind = app.send(ContractCall(app.relay_address, b"behind"), "behind")
    line.change = lambda request, result: result
    if lie is not _no_gas:  # what is given just enough to begin with runs out of gas in a block, which frees its nonce
        assert app.look_up(first).status == "queued"
    until(lambda: app.look_up(behind).status == "confirmed", app.pump)
    entry = app.look_up(first)
    assert entry.status in {"confirmed", "reverted"}
    assert app.send(case_creation(), "first") == first
    assert app._node.nonce(app.relay_address) == 2, "one nonce, one effect"
    assert (entry.tx_hash != signed) or lie is _no_gas


def test_more_gas_than_a_block_takes_is_neither_signed_nor_stored(alone: tuple[Chain, Between]) -> None:
    app, line = alone
    line.change = lambda request, result: "0x10000000000" if request["method"] == "eth_estimateGas" else result
    with pytest.raises(NodeNotAnswering, match="more than a block takes"):
        app.send(case_creation(), "too much")
    assert app.standing().waiting == 0
