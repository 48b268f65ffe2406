"""Acts of the case that stand as one event each: exactly one, and where; and the transactions that carried them."""

from verifier.tally.contracts import Event
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.recount import Scene
from verifier.tally.rpc import Block, Transaction


def only_event(events: list[Event], name: str, number: int) -> Event:
    """The one event of that name about that number. Raises Wrong when there is none, or more than one."""
    if len(events) != 1:
        raise Wrong(f"events of the case: {name} {number}", "does not stand exactly once", 1, len(events))
    return events[0]


def carrying(event: Event, scene: Scene, log: StepLog) -> Transaction:
    """The transaction that carried the event; findings when it is not the one of that hash and that block."""
    transaction = scene.case.node.transactions([event.log.transaction_hash])[0]
    check_bound(transaction, scene.case.node.block(event.log.block_number), log)
    return transaction


def check_bound(transaction: Transaction, block: Block, log: StepLog) -> None:
    """What the node shows of a transaction is bound to its hash, and the hash to the block in which its logs stand."""
    log.equal(transaction.place, "its fields do not give its hash", transaction.hash, transaction.fields_hash)
    log.equal(transaction.place, "stands in another block than its logs", block.hash, transaction.block_hash)
    log.holds(transaction.place, f"block {block.number} does not list it", block.lists(transaction.hash))
