"""note(): what participants leave under their own name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.chain import refusal
from tests.contracts.world import World

RECEIPTS = b"receipts".ljust(32, b"\0")


def noted(world: World, receipt: Any) -> tuple[str, bytes, bytes]:
    """Sender, subject and data of the one event of a transaction."""
    (log,) = receipt["logs"]
    assert log["address"] == world.case.address
    (event,) = world.case.events.Noted().process_receipt(receipt)
    return event["args"]["sender"], event["args"]["subject"], event["args"]["data"]


def leave(world: World, data: bytes, subject: bytes = RECEIPTS, sender: str | None = None) -> Any:
    return world.chain.send(world.case.functions.note(subject, data), sender=sender)


def test_refuses_a_call_through_a_contract(world: World, harness: Path) -> None:
    """Who sent it would be the contract, and the data would stand in no transaction's input."""
    with refusal("Case_CalledThroughContract"):
        world.chain.forward(world.case.functions.note(RECEIPTS, b"data"), harness)


def test_refuses_an_account_that_delegates_to_code(world: World) -> None:
    """Others could leave notes in its name."""
    sender = world.chain.accounts[5]
    world.chain.set_code(sender, "0xef0100" + world.case.address[2:])
    with refusal("Case_CalledThroughContract"):
        leave(world, b"data", sender=sender)


@pytest.mark.parametrize("subject", [RECEIPTS, bytes(32), b"\xff" * 32], ids=["receipts", "zero", "ones"])
def test_emits_sender_subject_and_data_as_they_came(world: World, subject: bytes) -> None:
    sender, data = world.chain.accounts[3], bytes(range(256))
    receipt = leave(world, data, subject, sender)
    assert noted(world, receipt) == (sender, subject, data)
    kind = keccak(b"Noted(address,bytes32,bytes)")
    assert [bytes(topic) for topic in receipt["logs"][0]["topics"]] == [kind, bytes(12) + bytes.fromhex(sender[2:]), subject]


def test_takes_notes_from_anyone_and_as_often_as_they_like(world: World) -> None:
    for sender in world.chain.accounts[1:4]:
        for _ in range(2):
            assert noted(world, leave(world, b"again", sender=sender)) == (sender, RECEIPTS, b"again")


def test_takes_empty_and_long_data(world: World) -> None:
    for data in (b"", b"\0", bytes(31), bytes(33), b"\x5a" * 100_000):
        assert noted(world, leave(world, data))[2] == data


def test_changes_nothing_that_a_case_keeps(world: World) -> None:
    def kept() -> list[Any]:
        calls = world.case.functions
        return [calls.registerCount().call(), calls.planCount().call(), calls.pollCount().call(), calls.officials().call()]

    before = kept()
    leave(world, b"data")
    assert kept() == before
