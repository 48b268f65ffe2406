"""What no block takes, what a lost database left behind, and a chain rewritten where it should not be."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account

from backend.chain.errors import NodeNotAnswering, NoHalt, RewrittenBelowFinality
from backend.chain.fees import raised_fees, suggested_fees
from backend.chain.node import Node
from backend.chain.service import Chain
from tests.backend.chain.world import RELAY_KEY, case_creation, open_database, open_test_chain, until


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Chain]:
    """A chain of its own whose blocks and pump are worked by hand."""
    opened = open_test_chain(tmp_path, pump=False, keep_history=True)
    node = Node(opened.rpc_url)
    node.ask("evm_setIntervalMining", 0)
    node.ask("evm_setAutomine", False)
    yield opened
    opened.stop()


def node_of(chain: Chain) -> Node:
    return Node(chain.rpc_url)


def mined(chain: Chain, blocks: int = 1) -> None:
    node_of(chain).ask("anvil_mine", hex(blocks), "0x1")


def costly(chain: Chain, wei: int) -> None:
    """A block after which every transaction must offer this much."""
    node_of(chain).ask("anvil_setNextBlockBaseFeePerGas", hex(wei))
    mined(chain)


def test_a_raised_fee_rises_by_a_tenth_at_least_and_ends_somewhere() -> None:
    before = {"maxFeePerGas": 8, "maxPriorityFeePerGas": 1}
    fees, times = before, 0
    while (raised := raised_fees(fees, {"maxFeePerGas": 100, "maxPriorityFeePerGas": 1})) is not None:
        assert raised["maxFeePerGas"] * 10 >= fees["maxFeePerGas"] * 11
        assert raised["maxPriorityFeePerGas"] * 10 >= fees["maxPriorityFeePerGas"] * 11
        fees, times = raised, times + 1
    assert 5 < times < 40
    assert fees["maxFeePerGas"] <= 1000


def test_what_blocks_pass_by_is_sent_again_with_a_higher_fee(still: Chain) -> None:
    tx_id = still.send(case_creation(), "stuck")
    first = still.look_up(tx_id).tx_hash
    price = 50 * suggested_fees(node_of(still))["maxFeePerGas"]
    for _ in range(8):
        costly(still, price)
        still.pump()
        if still.look_up(tx_id).tx_hash != first:
            break
    assert still.look_up(tx_id).tx_hash != first
    mined(still)
    still.pump()
    assert still.look_up(tx_id).status == "confirmed"
    assert node_of(still).receipt(first) is None
    assert node_of(still).nonce(still.relay_address) == 1


def test_a_block_may_take_the_earlier_version(still: Chain) -> None:
    """The node was sent the dearer one and a block takes the cheaper all the same: it is one and the same transaction for us."""
    tx_id = still.send(case_creation(), "twice signed")
    first = still.look_up(tx_id).tx_hash
    raw = node_of(still).ask("eth_getRawTransactionByHash", first)
    price = 50 * suggested_fees(node_of(still))["maxFeePerGas"]
    while still.look_up(tx_id).tx_hash == first:
        costly(still, price)
        still.pump()
    node_of(still).ask("anvil_dropAllTransactions")
    node_of(still).ask("anvil_setNextBlockBaseFeePerGas", "0x1")
    node_of(still).ask("eth_sendRawTransaction", raw)
    mined(still)
    still.pump()
    assert (still.look_up(tx_id).status, still.look_up(tx_id).tx_hash) == ("confirmed", first)
    assert still.wait(tx_id).tx_hash == first


def test_nonces_that_nobody_holds_are_filled(still: Chain, tmp_path: Path) -> None:
    """A database restored from before knows nothing of two transactions that went; what was signed after them must not wait for ever."""
    for nonce in (0, 1):
        fees = suggested_fees(node_of(still))
        fields = {"nonce": nonce, "gas": 21_000, "to": "0x" + "11" * 20, "value": 0, "chainId": still.chain_id, **fees}
        node_of(still).send_raw(bytes(Account.sign_transaction(fields, RELAY_KEY).raw_transaction))
    tx_id = still.send(case_creation(), "behind")
    node_of(still).ask("anvil_dropAllTransactions")
    until(lambda: (still.pump(), mined(still), still.look_up(tx_id).status == "confirmed")[2])
    assert node_of(still).nonce(still.relay_address) == 3


def test_a_final_block_that_changes_halts_the_mirror_until_somebody_accepts_it(still: Chain, caplog: pytest.LogCaptureFixture) -> None:
    mined(still, 10)
    still.pump()
    confirmed = still.confirmed_block()
    node_of(still).ask("anvil_reorg", 2, [])
    still.pump()
    with pytest.raises(NoHalt):
        still.accept_rewrite()
    node_of(still).ask("anvil_reorg", 3, [])
    with caplog.at_level(logging.CRITICAL), pytest.raises(RewrittenBelowFinality):
        still.pump()
    assert "final block" in caplog.text
    mined(still, 5)
    for _ in range(2):
        with pytest.raises(RewrittenBelowFinality):
            still.pump()
    assert still.standing().halted_at == confirmed
    assert still.confirmed_block() == confirmed
    assert still.accept_rewrite() == confirmed
    still.pump()
    assert still.standing().halted_at is None
    assert still.confirmed_block() == confirmed + 5


def test_a_halt_outlives_the_app_and_ends_by_itself_when_the_old_chain_is_back(still: Chain, tmp_path: Path) -> None:
    mined(still, 10)
    still.pump()
    snapshot = node_of(still).block(node_of(still).block().number - 3)
    node_of(still).ask("anvil_reorg", 3, [])
    again = Chain(still.rpc_url, open_database(tmp_path / "db.sqlite3"), RELAY_KEY)
    for chain in (still, again):
        with pytest.raises(RewrittenBelowFinality):
            chain.pump()
    assert again.standing().halted_at is not None
    assert node_of(still).hash_of(snapshot.number) == snapshot.hash


def test_a_node_that_lacks_final_blocks_is_late_and_no_rewrite(still: Chain) -> None:
    mined(still, 10)
    still.pump()
    node_of(still).ask("anvil_rollback", 5)
    with pytest.raises(NodeNotAnswering, match="lacks block"):
        still.pump()
    assert still.standing().halted_at is None
