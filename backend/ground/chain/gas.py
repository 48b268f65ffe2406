"""How much gas a transaction is given, and when signed bytes must be given another amount."""

from __future__ import annotations

from dataclasses import replace

from backend.ground.chain.calls import Block, ContractCall
from backend.ground.chain.errors import NodeNotAnswering, TransactionReverted
from backend.ground.chain.node import Node

#: The most gas one transaction may have on a chain with EIP-7825.
TRANSACTION_GAS_CAP = 2**24


def gas_for(node: Node, call: ContractCall, sender: str) -> int:
    """The gas to give; asks the contract first, so that a refusal burns no nonce. Raises: TransactionReverted, NodeNotAnswering."""
    if call.gas_limit is not None:
        node.call(call, sender)
        return call.gas_limit
    if call.gas_bound is not None and _is_enough(node, replace(call, gas_limit=call.gas_bound), sender):
        return call.gas_bound
    return _with_room(node.estimate(call, sender))


def _is_enough(node: Node, call: ContractCall, sender: str) -> bool:
    """Whether a call goes through with the gas it has, and a block takes so much. A node that is to find the amount itself executes the
    call some twenty times, and batches are long."""
    if not fits(call.gas_limit or 0, node.block()):
        return False
    try:
        node.call(call, sender)
    except TransactionReverted as error:
        if error.rule != "OutOfGas":
            raise
        return False
    return True


def _with_room(needed: int) -> int:
    """The state may differ when the transaction is executed; what is not used is not paid."""
    return max(needed, min(needed * 5 // 4 + 20_000, TRANSACTION_GAS_CAP))


def fits(gas_limit: int, head: Block) -> bool:
    """Whether a block can take a transaction with so much gas."""
    return head.gas_limit is None or gas_limit <= head.gas_limit


def gas_anew(node: Node, call: ContractCall, sender: str, head: Block) -> int:
    """The gas for another signing: what it has, unless that is less than the call needs or more than any block takes."""
    before = call.gas_limit or 0
    most = TRANSACTION_GAS_CAP if fits(TRANSACTION_GAS_CAP, head) else head.gas_limit or 0
    try:
        needed = node.estimate(ContractCall(call.to, call.data), sender)
    except TransactionReverted:
        return before if fits(before, head) else most  # a block will refuse the call, which frees the nonces behind it
    except NodeNotAnswering:
        return before
    if needed <= before and fits(before, head) and (before <= TRANSACTION_GAS_CAP or needed > TRANSACTION_GAS_CAP):
        return before
    return _with_room(needed) if fits(_with_room(needed), head) else most
