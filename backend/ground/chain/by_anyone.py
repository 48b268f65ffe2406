"""Calls that anyone may send, since others signed what they say."""

from __future__ import annotations

from collections.abc import Callable

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.service import Chain


def transact_unless(chain: Chain, is_done: Callable[[], bool], call: ContractCall, key: str) -> None:
    """`Chain.transact`; where the call was refused because somebody was faster, it is done all the same.

    Whoever copies our transaction and pays more must not make an official act say "failed"; and where the chain loses that copy, ours
    goes out by itself. `is_done` has to be about this very content, not about any that is in its place. Raises: as `transact` does.
    """
    try:
        chain.transact(call, key)
    except TransactionReverted:
        if not is_done():
            raise
        chain.copies.watch(call, key)
