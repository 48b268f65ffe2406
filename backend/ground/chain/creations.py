"""Transactions that create a contract: the key they are sent under, and where the contract stands."""

from __future__ import annotations

from backend.ground.chain.calls import ConfirmedTransaction, ContractCall
from backend.ground.common.hashing import keccak


def creation_key(call: ContractCall, key: str) -> str:
    """Another release's code is another call."""
    return f"{key}/{keccak(call.data).hex()[:16]}"


def created(transaction: ConfirmedTransaction) -> str:
    """The address of the contract that a transaction created."""
    if transaction.created_address is None:
        raise ValueError(f"transaction {transaction.tx_hash} created no contract")
    return transaction.created_address
