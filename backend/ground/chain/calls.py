"""What goes to the chain and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.ground.chain.errors import NoSuchEvent


@dataclass(frozen=True)
class ContractCall:
    """One call to send: `to` is 0x-text, or None to deploy; without a gas limit it is estimated."""

    to: str | None
    data: bytes
    gas_limit: int | None = None
    gas_bound: int | None = None
    """About the most that it needs, where its maker can say: it is given that much, unless it turns out to be too little."""


@dataclass(frozen=True)
class Block:
    """A block: number, hash (0x-text), timestamp in seconds; wei for a unit of gas and the most gas, None where a chain tells none."""

    number: int
    hash: str
    timestamp: int
    base_fee: int | None = None
    gas_limit: int | None = None


@dataclass(frozen=True)
class ContractEvent:
    """One event of a contract of ours.

    `args` by name: int, bool, bytes, 0x-text for addresses, tuples for structs. `id` rises with each mirrored event and is
    never used twice; it is 0 for an event that was read from a receipt.
    """

    id: int
    address: str
    name: str
    args: Mapping[str, Any]
    block: int
    block_hash: str
    tx_hash: str
    log_index: int


@dataclass(frozen=True)
class ConfirmedTransaction:
    """A transaction that a block holds and that was not reverted."""

    id: str
    key: str
    tx_hash: str
    block: int
    block_hash: str
    gas_used: int
    created_address: str | None
    events: tuple[ContractEvent, ...]

    def event(self, name: str) -> ContractEvent:
        """The first event of this name. Raises: NoSuchEvent."""
        for event in self.events:
            if event.name == name:
                return event
        raise NoSuchEvent(name=name, tx_hash=self.tx_hash)
