"""Events of the case and the poll, read from what a node gives."""

from __future__ import annotations

import functools
from typing import Any

from backend.ground.chain import artifacts, former
from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.signature import Signature

Json = dict[str, Any]


def event_name(log: Json) -> str:
    """The event's name, "" when it is none of our contracts'."""
    signature = _signature_of(_topics(log["topics"]))
    return signature.name if signature else ""


def read_event(log: Json, event_id: int = 0) -> ContractEvent:
    """One log of a node as an event. Raises: KeyError when it is none of our contracts'."""
    topics = _topics(log["topics"])
    signature = _signature_of(topics)
    if signature is None:
        raise KeyError(log["topics"])
    return ContractEvent(
        id=event_id,
        address=str(log["address"]).lower(),
        name=signature.name,
        args=signature.read_event(topics, bytes.fromhex(log["data"].removeprefix("0x"))),
        block=int(log["blockNumber"], 16),
        block_hash=log["blockHash"],
        tx_hash=log["transactionHash"],
        log_index=int(log["logIndex"], 16),
    )


def read_events(logs: list[Json]) -> tuple[ContractEvent, ...]:
    """The events of our contracts among logs, in order."""
    return tuple(read_event(log) for log in logs if event_name(log))


def _topics(topics: list[str]) -> list[bytes]:
    return [bytes.fromhex(topic.removeprefix("0x")) for topic in topics]


def _signature_of(topics: list[bytes]) -> Signature | None:
    return _by_topic().get(topics[0]) if topics else None


@functools.cache
def _by_topic() -> dict[bytes, Signature]:
    """Every event of case and poll, of any protocol."""
    return {**former.EVENTS, **artifacts.load("Case").events, **artifacts.load("Poll").events}
