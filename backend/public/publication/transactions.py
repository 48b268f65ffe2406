"""What stands on the chain about a poll, transaction by transaction, for people to read and to compare with a node of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.poll import recorded_ballots

EVENTS_A_LOOK = 2000
"""More than one transaction can have: a batch has at most 512 ballots."""
HEADER = ("block", "transaction", "events", "ballots_recorded", "ballots_rejected")


@dataclass(frozen=True)
class PublicTransaction:
    """One transaction: its block, hash (0x-text), the kinds of events in order, and how many ballots it recorded and rejected.

    `last_id` is the id of its last event, from which a reader goes on.
    """

    block: int
    tx_hash: str
    events: tuple[str, ...]
    recorded: int
    rejected: int
    last_id: int


def transactions_of(events: Sequence[ContractEvent]) -> list[PublicTransaction]:
    """Events in the chain's order, put together by transaction; a last one that may be cut off is left for the next look."""
    groups = [list(group) for _, group in groupby(events, key=lambda event: (event.block, event.tx_hash))]
    if len(events) == EVENTS_A_LOOK:
        groups.pop()
    return [_transaction(group) for group in groups]


def as_csv(transactions: Iterable[PublicTransaction]) -> bytes:
    """All of them as CSV with a header, UTF-8 with a mark for spreadsheets; nothing in it begins like a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in transactions:
        writer.writerow((one.block, one.tx_hash, " ".join(one.events), one.recorded, one.rejected))
    return text.getvalue().encode("utf-8-sig")


def _transaction(events: Sequence[ContractEvent]) -> PublicTransaction:
    recorded = sum(len(recorded_ballots(event)) for event in events if event.name == "BallotsRecorded")
    rejected = sum(event.name == "BallotRejected" for event in events)
    names = tuple(dict.fromkeys(event.name for event in events))
    return PublicTransaction(events[0].block, events[0].tx_hash, names, recorded, rejected, events[-1].id)
