"""What a transaction is given: its maker's bound where that is enough, else what the node finds."""

from __future__ import annotations

from typing import cast

import pytest

from backend.ground.chain.calls import Block, ContractCall
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.gas import gas_for
from backend.ground.chain.node import Node

NEEDED = 100_000
FOUND = NEEDED * 5 // 4 + 20_000


class Frugal:
    """A node that knows what a call needs, and notes what it is asked."""

    def __init__(self, block_gas: int | None = 30_000_000, refusal: str = "") -> None:
        self.block_gas, self.refusal = block_gas, refusal
        self.asked: list[str] = []

    def block(self) -> Block:
        return Block(7, "0x", 1, gas_limit=self.block_gas)

    def call(self, call: ContractCall, sender: str) -> bytes:
        self.asked.append("call")
        if self.refusal:
            raise TransactionReverted(self.refusal)
        if (call.gas_limit or 0) < NEEDED:
            raise TransactionReverted("OutOfGas")
        return b""

    def estimate(self, call: ContractCall, sender: str) -> int:
        self.asked.append("estimate")
        return NEEDED


def given(node: Frugal, call: ContractCall) -> int:
    return gas_for(cast(Node, node), call, "0x" + "11" * 20)


@pytest.mark.parametrize("block_gas", [None, 150_000])
def test_a_bound_that_is_enough_is_given_and_nothing_is_looked_for(block_gas: int | None) -> None:
    node = Frugal(block_gas)
    assert given(node, ContractCall("0x", b"", gas_bound=150_000)) == 150_000
    assert node.asked == ["call"]


@pytest.mark.parametrize(("block_gas", "bound", "asked"), [(30_000_000, 99_999, ["call", "estimate"]), (149_999, 150_000, ["estimate"])])
def test_the_node_looks_where_the_bound_is_too_little_or_no_block_takes_it(block_gas: int, bound: int, asked: list[str]) -> None:
    node = Frugal(block_gas)
    assert given(node, ContractCall("0x", b"", gas_bound=bound)) == FOUND
    assert node.asked == asked


def test_a_refusal_is_told_at_once() -> None:
    node = Frugal(refusal="Poll_Closed")
    with pytest.raises(TransactionReverted) as refused:
        given(node, ContractCall("0x", b"", gas_bound=150_000))
    assert (refused.value.rule, node.asked) == ("Poll_Closed", ["call"])


def test_without_a_bound_the_node_looks_and_a_limit_is_kept() -> None:
    node = Frugal()
    assert given(node, ContractCall("0x", b"")) == FOUND
    assert given(node, ContractCall("0x", b"", gas_limit=120_000, gas_bound=1)) == 120_000
    assert node.asked == ["estimate", "call"]
