"""What no block takes, what a lost database left behind, and a chain rewritten where it should not be."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from backend.ground.chain.errors import NodeNotAnswering, NoHalt, RewrittenBelowFinality
from backend.ground.chain.fees import raised_fees, suggested_fees
from backend.ground.chain.node import Node
from backend.ground.chain.outbox import RESEND_SECONDS
from backend.ground.chain.service import Chain
from backend.ground.common.clock import MovableClock
from tests.backend.ground.chain.world import RELAY_KEY, case_creation, open_database, open_test_chain, until
from tests.backend.vote.ballots.automine import AutomineAnvil


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


@given(st.lists(st.sampled_from(["maxFeePerGas", "maxPriorityFeePerGas", "gasPrice"]), min_size=1, unique=True), st.integers(0, 10**12))
def test_fees_never_rise_from_zero_where_places_cost_nothing(names: list[str], asked: int) -> None:
    nothing = dict.fromkeys(names, 0)
    assert raised_fees(nothing, nothing) is None
    raised = raised_fees(nothing, dict.fromkeys(names, asked))
    assert asked == 0 or raised is None or all(fee >= asked for fee in raised.values())


def test_on_a_chain_whose_places_cost_nothing_the_same_bytes_are_sent_again(tmp_path: Path) -> None:
    """The relay has no money, so whatever it offered above nothing could never be paid."""
    anvil = AutomineAnvil(options=("--block-base-fee-per-gas", "0", "--gas-price", "0", "--disable-min-priority-fee"))
    clock = MovableClock(datetime.now(UTC))
    app = Chain(anvil.url, open_database(tmp_path / "db.sqlite3"), RELAY_KEY, clock=clock)
    try:
        anvil.node.ask("anvil_setBalance", app.relay_address, "0x0")
        anvil.node.ask("evm_setAutomine", False)
        tx_id = app.send(case_creation(), "free")
        first = app.look_up(tx_id).tx_hash
        for _ in range(12):
            anvil.node.ask("anvil_dropAllTransactions")
            anvil.mine()
            clock.move(seconds=1)
            app.pump()
        assert app.look_up(tx_id).tx_hash == first
        clock.move(seconds=6)
        app.pump()
        anvil.mine()
        app.pump()
        assert app.look_up(tx_id).status == "confirmed"
    finally:
        anvil.stop()


@pytest.mark.parametrize("hours", [-1, 1, -24 * 30])
def test_a_clock_that_is_set_neither_delays_nor_hastens_sending_again(still: Chain, tmp_path: Path, hours: int) -> None:
    clock = MovableClock(datetime.now(UTC))
    app = Chain(still.rpc_url, open_database(tmp_path / "app.sqlite3"), RELAY_KEY, clock=clock)
    tx_id = app.send(case_creation(), "once more")
    app.pump()
    node_of(still).ask("anvil_dropAllTransactions")
    clock.step(hours=hours)
    app.pump()
    assert waiting_in(still) == 0, "it was sent a moment ago"
    clock.move(seconds=RESEND_SECONDS)
    app.pump()
    assert waiting_in(still) == 1
    node_of(still).ask("anvil_dropAllTransactions")
    again = Chain(still.rpc_url, open_database(tmp_path / "app.sqlite3"), RELAY_KEY, clock=clock)
    again.pump()
    assert waiting_in(still) == 1, "what was sent before a restart is sent at once"
    mined(still)
    again.pump()
    assert again.look_up(tx_id).status == "confirmed"


def waiting_in(chain: Chain) -> int:
    return int(node_of(chain).ask("txpool_status")["pending"], 16)


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
    until(lambda: still.look_up(tx_id).status == "confirmed", still.pump, lambda: mined(still))
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
