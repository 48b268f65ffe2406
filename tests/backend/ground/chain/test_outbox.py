"""The outbox: once each, refused without a trace, sent again whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account

from backend.ground.chain.errors import KeyUsedForAnotherCall, NodeNotAnswering, NotConfirmedInTime, TransactionReverted, TransactionUnknown
from backend.ground.chain.node import Node
from backend.ground.chain.outbox import Outbox
from backend.ground.chain.service import Chain
from tests.backend.ground.chain.world import RELAY_KEY, World, case_creation, open_database, open_test_chain, until


class ProcessKilled(BaseException):
    """Stands for the end of the process at this place."""


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Chain]:
    """A chain of its own whose pump is worked by hand."""
    opened = open_test_chain(tmp_path, pump=False, keep_history=True)
    yield opened
    opened.stop()


def second_chain(still: Chain, folder: Path) -> Chain:
    """The app again after its end: another object on the same database and node."""
    return Chain(still.rpc_url, open_database(folder / "db.sqlite3"), RELAY_KEY)


def test_one_key_is_one_transaction(chain: Chain) -> None:
    before = Node(chain.rpc_url).nonce(chain.relay_address)
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(chain.send(case_creation(), "once"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len(set(results)) == 1
    first = chain.wait(results[0])
    assert chain.transact(case_creation(), "once") == first
    assert Node(chain.rpc_url).nonce(chain.relay_address) == before + 1
    assert chain.look_up(results[0]).status == "confirmed"


def test_many_threads_leave_no_gap(chain: Chain) -> None:
    before = Node(chain.rpc_url).nonce(chain.relay_address)
    threads = [threading.Thread(target=chain.transact, args=(case_creation(), f"thread {n}")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Node(chain.rpc_url).nonce(chain.relay_address) == before + 12


def test_a_key_stands_for_one_call(chain: Chain) -> None:
    world = World(chain, "one call")
    world.open_case()
    with pytest.raises(KeyUsedForAnotherCall):
        chain.send(world.case.submit_plan(bytes(32), b""), "one call:case")
    with pytest.raises(TransactionUnknown):
        chain.wait("nobody")


def test_a_refused_call_leaves_no_trace(chain: Chain) -> None:
    world = World(chain, "refused")
    world.open_case()
    before = Node(chain.rpc_url).nonce(chain.relay_address)
    with pytest.raises(TransactionReverted) as refused:
        chain.send(world.case.submit_plan(b"\x01" * 32, b"\x02" * 65), "later good")
    assert refused.value.rule == "Plan_NotSignedByInstitution"
    assert "机构" in refused.value.say("zh")
    assert Node(chain.rpc_url).nonce(chain.relay_address, "pending") == before
    # The key stays free for the call that is right.
    assert chain.transact(case_creation(), "later good").created_address


def test_a_deployment_is_refused_by_its_rule(chain: Chain) -> None:
    with pytest.raises(TransactionReverted) as refused:
        chain.deploy_case([b"\x01" * 20, b"\x02" * 20], 1, b"\x03" * 20, "no majority", rehearsal=True)
    assert refused.value.rule == "Case_ThresholdNotMajority"
    assert refused.value.facts == {"threshold": 1, "officials": 2}
    assert "1 of 2" in refused.value.say("en")


@pytest.mark.parametrize("keep_history", [False, True])
def test_a_call_that_fails_in_its_block_tells_why(tmp_path: Path, keep_history: bool) -> None:
    """With and without the states of old blocks, which the app's own chain does not keep."""
    still = open_test_chain(tmp_path, pump=False, keep_history=keep_history)
    try:
        fail_in_a_block(still)
    finally:
        still.stop()


def fail_in_a_block(still: Chain) -> None:
    world = World(still)
    poll = world.to_open()
    node = Node(still.rpc_url)
    node.ask("evm_setAutomine", False)
    node.ask("evm_setIntervalMining", 0)
    call = world.cast(1, 1)
    ids = [still.send(call, "first"), still.send(call, "second")]  # each alone is right, together the second is not newer
    node.ask("evm_mine")
    still.wait(ids[0])
    with pytest.raises(TransactionReverted) as refused:
        still.wait(ids[1])
    assert (refused.value.rule, refused.value.facts) == ("Poll_BallotRejected", {"index": 1, "reason": 2})
    assert "a newer ballot is recorded" in refused.value.say("en")
    assert still.look_up(ids[1]).rule == "Poll_BallotRejected"
    with pytest.raises(TransactionReverted):
        still.wait(ids[1])
    assert poll.ballot_of(1).sequence == 1


def test_killed_after_storing_before_sending(still: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise ProcessKilled

    monkeypatch.setattr(Outbox, "_hand_in", killed)
    with pytest.raises(ProcessKilled):
        still.send(case_creation(), "killed")
    monkeypatch.undo()
    assert Node(still.rpc_url).nonce(still.relay_address, "pending") == 0
    after = second_chain(still, tmp_path)
    after.pump()
    tx_id = after.send(case_creation(), "killed")
    assert after.wait(tx_id).created_address
    assert Node(still.rpc_url).nonce(still.relay_address) == 1


def test_killed_after_sending_before_noting_it(still: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object, **__: object) -> None:
        raise ProcessKilled

    monkeypatch.setattr(Outbox, "_update", killed)
    with pytest.raises(ProcessKilled):
        still.send(case_creation(), "killed")
    monkeypatch.undo()
    after = second_chain(still, tmp_path)
    after.pump()
    after.pump()
    tx_id = after.send(case_creation(), "killed")
    assert after.wait(tx_id).created_address
    assert after.look_up(tx_id).status == "confirmed"
    assert Node(still.rpc_url).nonce(still.relay_address) == 1


def test_a_dead_node_stores_nothing(still: Chain, tmp_path: Path) -> None:
    still.stop()
    with pytest.raises(NodeNotAnswering):
        still.send(case_creation(), "no node")
    still.start(pump=False)
    assert still.transact(case_creation(), "no node").created_address


def test_waiting_ends_but_sending_goes_on(still: Chain) -> None:
    node = Node(still.rpc_url)
    node.ask("evm_setAutomine", False)
    node.ask("evm_setIntervalMining", 0)
    tx_id = still.send(case_creation(), "slow")
    with pytest.raises(NotConfirmedInTime):
        still.wait(tx_id, timeout_seconds=0.3)
    node.ask("anvil_dropAllTransactions")
    assert node.nonce(still.relay_address, "pending") == 0
    until(lambda: node.nonce(still.relay_address, "pending") == 1, still.pump)
    node.ask("evm_mine")
    assert still.wait(tx_id).created_address


def test_a_strangers_transaction_with_our_nonce(still: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a database restored from before: what was sent then is on the chain, but not in the outbox."""
    node = Node(still.rpc_url)
    monkeypatch.setattr(Outbox, "_hand_in", lambda *_: None)
    tx_id = still.send(case_creation(), "late")
    monkeypatch.undo()
    foreign = {"nonce": 0, "gas": 21_000, "gasPrice": 10**10, "value": 0, "to": "0x" + "11" * 20, "chainId": still.chain_id}
    node.send_raw(bytes(Account.sign_transaction(foreign, RELAY_KEY).raw_transaction))
    until(lambda: node.nonce(still.relay_address) == 1)
    still.pump()
    assert still.look_up(tx_id).status == "dropped"
    node.ask("anvil_mine", "0x8", "0x1")
    still.pump()
    confirmed = still.wait(tx_id)
    assert confirmed.created_address
    assert node.nonce(still.relay_address) == 2


def test_a_rewritten_block_is_filled_again(still: Chain) -> None:
    tx_id = still.send(case_creation(), "rewritten")
    first = still.wait(tx_id)
    node = Node(still.rpc_url)
    depth = node.block().number - first.block + 1
    node.ask("anvil_reorg", depth, [])
    assert node.receipt(first.tx_hash) is None
    until(lambda: still.look_up(tx_id).status == "confirmed" and node.receipt(first.tx_hash), still.pump)
    again = still.wait(tx_id)
    assert again.tx_hash == first.tx_hash
    assert again.created_address == first.created_address
    assert node.nonce(still.relay_address) == 1


def test_gas_is_bounded_by_what_one_transaction_may_have(still: Chain) -> None:
    call = case_creation()
    starved = type(call)(call.to, call.data, 1_000_000)
    with pytest.raises(TransactionReverted) as refused:
        still.send(starved, "starved")
    assert refused.value.rule == "OutOfGas"
    assert still.transact(call, "fed").gas_used < 2**24


def test_a_transaction_that_moves_to_another_block_is_followed(still: Chain) -> None:
    node = Node(still.rpc_url)
    tx_id = still.send(case_creation(), "moved")
    first = still.wait(tx_id)
    still.pump()
    node.ask("evm_setIntervalMining", 0)
    node.ask("evm_setAutomine", False)
    node.ask("anvil_mine", "0x2", "0x1")
    depth = node.block().number - first.block + 1
    raw = "0x" + node.known("eth_getRawTransactionByHash", first.tx_hash).removeprefix("0x")
    node.ask("anvil_reorg", depth, [[raw, depth - 1]])
    still.pump()
    assert still.look_up(tx_id).block == node.block().number != first.block
    assert still.wait(tx_id).created_address == first.created_address
