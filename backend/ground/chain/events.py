"""Events of the case and the poll, read by web3.py from what a node gives."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from eth_abi.exceptions import DecodingError

from backend.ground.chain import artifacts, codec, former
from backend.ground.chain.calls import ContractEvent

if TYPE_CHECKING:
    from web3.contract.contract import ContractEvent as EventOfWeb3

Json = dict[str, Any]
#: One for each transaction of ballots, 20,000 in a poll of a million lenders, all read at a start: web3.py takes 16 times as long
#: for one as its codec alone (docs/adr/0013).
_OF_BALLOTS = "BallotsRecorded"


class EventNotReadable(ValueError):
    """A log that begins like an event of ours and does not go on like it."""


def event_name(log: Json) -> str:
    """The event's name, "" when it is none of our contracts'."""
    event = _event_of(log)
    return str(event.event_name) if event is not None else ""


def read_event(log: Json, event_id: int = 0) -> ContractEvent:
    """One log of a node as an event. Raises: KeyError when it is none of our contracts'; EventNotReadable."""
    event = _event_of(log)
    if event is None:
        raise KeyError(log["topics"])
    return ContractEvent(
        id=event_id,
        address=str(log["address"]).lower(),
        name=str(event.event_name),
        args=_arguments(event, log),
        block=int(log["blockNumber"], 16),
        block_hash=log["blockHash"],
        tx_hash=log["transactionHash"],
        log_index=int(log["logIndex"], 16),
    )


def read_events(logs: list[Json]) -> tuple[ContractEvent, ...]:
    """The events of our contracts among logs, in order."""
    return tuple(read_event(log) for log in logs if event_name(log))


def _arguments(event: EventOfWeb3, log: Json) -> dict[str, Any]:
    """By name, in the contract's order."""
    from web3.exceptions import Web3Exception

    try:
        return _recorded(log) if event.event_name == _OF_BALLOTS else _by_web3(event, log)
    except (Web3Exception, DecodingError, ArithmeticError, ValueError, TypeError) as error:
        raise EventNotReadable(str(error)) from error


def _recorded(log: Json) -> dict[str, Any]:
    if len(log["topics"]) != 1:
        raise ValueError("a topic too many")
    return {"recorded": codec.decode(["bytes"], bytes.fromhex(log["data"].removeprefix("0x")))[0]}


def _by_web3(event: EventOfWeb3, log: Json) -> dict[str, Any]:
    found: Any = {**log, "transactionIndex": log.get("transactionIndex")}
    args = event.process_log(found)["args"]
    types = zip(event.argument_names, event.argument_types, strict=True)
    # web3.py gives addresses with a checksum and structs by name; here they are lower case and tuples, as all else in this house.
    return {name: args[name].lower() if kind == "address" else _as_tuples(args[name]) for name, kind in types}


def _as_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(map(_as_tuples, value.values()))
    return tuple(map(_as_tuples, value)) if isinstance(value, list | tuple) else value


def _event_of(log: Json) -> EventOfWeb3 | None:
    topics = log["topics"]
    return _by_topic().get(str(topics[0]).lower()) if topics else None


@functools.cache
def _by_topic() -> dict[str, EventOfWeb3]:
    """Every event of case and poll, of any protocol."""
    from backend.ground.chain.provider import without_node

    contract: Any = without_node().eth.contract
    interfaces = (former.EVENTS, artifacts.load("Case").abi, artifacts.load("Poll").abi, artifacts.load("SealedPoll").abi)
    return {event.topic: event for abi in interfaces for event in contract(abi=abi).events}
