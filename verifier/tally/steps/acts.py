"""Acts of the case that stand as one event each: exactly one, and the transaction that carried it."""

from typing import Any

from verifier.tally.chain.things import Transaction
from verifier.tally.contracts import Event
from verifier.tally.findings import Wrong
from verifier.tally.recount import Recount, Scene, need


def only_event(events: list[Event], finding: str, name: str, number: int) -> Event:
    """The one event of that name about that number. Raises Wrong when there is none, or more than one."""
    if len(events) != 1:
        raise Wrong(finding, f"events of the case: {name} {number}", "does not stand exactly once", 1, len(events))
    return events[0]


def carrying(recount: Recount, event: Event) -> Transaction:
    """The transaction that carried the event. Raises Wrong."""
    return need(recount.sight, 1).transaction(event.log.block_number, event.log.transaction_hash)


def call_of(recount: Recount, scene: Scene, event: Event, name: str, contract: bytes, finding: str) -> tuple[Transaction, tuple[Any, ...]]:
    """The transaction that carried the event, and the inputs of its call. Raises Wrong."""
    transaction = carrying(recount, event)
    return transaction, scene.dialect.decode_call(name, transaction, contract, finding)
