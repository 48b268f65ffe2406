"""Whoever sends ballots chooses how a call is laid out; the relay sees what the contract recorded all the same, and owes its receipts."""

from __future__ import annotations

import threading
import time

import pytest
from eth_abi.abi import decode, encode

from backend.ground.chain.casts import read_cast
from tests.backend.ground.chain.world import whole_answer
from tests.backend.vote.ballots.test_relay import answering, batched  # noqa: F401 - fixtures
from tests.backend.vote.ballots.world import AGAINST, FOR, Vote
from tests.contracts.call_layouts import backwards, filled_up_otherwise

KINDS = ["(bytes,uint64,(bytes32,bytes32))", "bytes", "bytes", "bytes32[]"]


def settle(vote: Vote) -> None:
    """Some blocks, and the relay's rounds after them."""
    for _ in range(3):
        vote.world.anvil.mine(3)
        vote.world.chain.pump()
        vote.world.ballots.relay_once()


def sent_by_relay(vote: Vote, number: str) -> bytes:
    transaction = vote.world.ballots.receipt(number).tx_hash
    return bytes.fromhex(vote.world.anvil.node.ask("eth_getTransactionByHash", transaction)["input"][2:])


@pytest.mark.parametrize("change", [filled_up_otherwise, backwards])
def test_a_lender_who_sends_a_call_in_another_layout_stops_nobodys_confirmation(batched: Vote, change: object) -> None:  # noqa: F811
    vote, node = batched, batched.world.anvil.node
    for index in (0, 1, 2):
        vote.issue(index)
    receipts = [vote.take(index, FOR) for index in (0, 1, 2)]
    vote.world.ballots.relay_once()
    call = sent_by_relay(vote, receipts[0].number)
    assert read_cast(change(call)) == read_cast(call)  # type: ignore[operator]
    credentials, _, leaves, siblings = decode(KINDS, call[4:])
    again = vote.ballot(0, AGAINST, 2, key=vote.ballot_key(0, 1))
    signed = bytes.fromhex(again.ballot_signature[2:])
    high = int.from_bytes(signed[32:64], "big") | (signed[64] - 27) << 255
    own = bytes([2 << 2 | AGAINST]) + signed[:32] + high.to_bytes(32, "big")
    mine = call[:4] + encode(KINDS, [credentials, own + bytes(130), leaves, siblings])
    data = "0x" + change(mine).hex()  # type: ignore[operator]
    found = node.ask(
        "eth_sendTransaction", {"from": node.ask("eth_accounts")[1], "to": vote.poll.address, "data": data, "gas": hex(3_000_000)}
    )
    assert mined(vote, found)["status"] == "0x1"
    for index in (4, 5):
        vote.issue(index)
    later = [vote.take(index, FOR) for index in (4, 5)]
    settle(vote)
    assert [vote.status(one) for one in later] == ["confirmed"] * 2
    assert vote.recorded(0) == (AGAINST, 2)


def test_a_stranger_who_is_first_with_the_relays_own_call_keeps_no_ballot_from_the_chain(batched: Vote) -> None:  # noqa: F811
    vote, node = batched, batched.world.anvil.node
    for index in (6, 7):
        vote.issue(index)
    first = [vote.take(index, FOR) for index in (6, 7)]
    node.ask("evm_setAutomine", False)
    try:
        relay = threading.Thread(target=vote.world.ballots.relay_once)
        relay.start()
        pending = waiting_call(vote)
        price = hex(int(pending.get("maxFeePerGas") or pending["gasPrice"], 16) * 3 + 10**10)
        data = "0x" + filled_up_otherwise(bytes.fromhex(pending["input"][2:])).hex()
        call = {"from": node.ask("eth_accounts")[2], "to": vote.poll.address, "data": data, "gas": hex(3_000_000)}
        node.ask("eth_sendTransaction", call | {"maxFeePerGas": price, "maxPriorityFeePerGas": price})
        node.ask("evm_mine")
    finally:
        node.ask("evm_setAutomine", True)
    relay.join(60)
    settle(vote)
    assert [vote.status(one) for one in first] == ["confirmed"] * 2
    vote.issue(6, 2)
    changed = vote.take(6, AGAINST, 2)
    settle(vote)
    assert (vote.status(changed), vote.recorded(6)) == ("confirmed", (AGAINST, 2))


def mined(vote: Vote, transaction: str) -> dict[str, str]:
    """Its receipt: a node answers before it mines, even where it mines at once."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := vote.world.anvil.node.ask("eth_getTransactionReceipt", transaction):
            return dict(found)
        time.sleep(0.05)  # a node tells nobody when
    raise AssertionError("no block holds it")


def waiting_call(vote: Vote) -> dict[str, str]:
    """The relay's transaction while no block holds it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        block = whole_answer(vote.world.anvil.node, "eth_getBlockByNumber", "pending", True)
        for one in block["transactions"]:
            if str(one.get("to")).lower() == vote.poll.address.lower():
                return dict(one)
        time.sleep(0.1)  # a node tells nobody what waits
    raise AssertionError("the relay sent nothing")
