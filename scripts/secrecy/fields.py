"""All that is stored of each ballot, as numbers for a classifier: every bit of every byte string, every number, every letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import MetaData, create_engine, select

from backend.ground.chain.events import event_name, read_event
from backend.ground.chain.node import Node
from backend.ground.chain.poll import recorded_ballots
from scripts.secrecy.stumps import Matrix

Row = Mapping[str, Any]
LOW_BITS = 16
LETTERS = 44


def stored(database_url: str, journal: Path, rpc_url: str, poll: str) -> dict[int, dict[str, Any]]:
    """By lender: columns of the ballot and of its batch, its line in the journal, its place in a transaction and a block."""
    rows = _columns(database_url)
    for number, line in enumerate(line for path in sorted(journal.glob("*.jsonl")) for line in path.read_text().splitlines()):
        for row in rows.values():
            if str(row["number"]) in line:
                row |= {"journal line": number, "journal length": len(line)}
    node = Node(rpc_url)
    for log in node.logs([poll], 0, node.block().number):
        if event_name(log) == "BallotsRecorded":
            gas = int((node.receipt(log["transactionHash"]) or {})["gasUsed"], 16)
            block = int(log["blockNumber"], 16)
            for place, (index, choice, sequence) in enumerate(recorded_ballots(read_event(log))):
                marks = {"event choice": int(choice), "event sequence": sequence, "event place": place}
                rows[index] |= {"gas": gas, "chain block": block, **marks}
    return rows


def _columns(database_url: str) -> dict[int, dict[str, Any]]:
    engine, tables = create_engine(database_url), MetaData()
    tables.reflect(engine)
    ballots, batches = tables.tables["ballots"], tables.tables["ballots_batches"]
    with engine.connect() as connection:
        of_batch = {
            row["id"]: {f"batch {name}": value for name, value in row.items()} for row in connection.execute(select(batches)).mappings()
        }
        found = {row["lender_index"]: dict(row) for row in connection.execute(select(ballots)).mappings()}
    engine.dispose()
    return {index: row | of_batch.get(row["batch_id"], {}) for index, row in found.items()}


def matrix(rows: Sequence[Row]) -> tuple[list[str], Matrix]:
    """Names of the columns, and one line of numbers for each row; -1 where a row has nothing."""
    coded = [dict(pair for name, value in row.items() for pair in _numbers(name, value)) for row in rows]
    names = sorted(set().union(*coded))
    whole = np.full((len(rows), len(names)), -1.0)
    place = {name: at for at, name in enumerate(names)}
    for line, row in zip(whole, coded, strict=True):
        for name, number in row.items():
            line[place[name]] = number
    varying = np.flatnonzero((whole != whole[0]).any(axis=0)) if len(whole) else np.arange(0)
    return [names[at] for at in varying], whole[:, varying]


def _numbers(name: str, value: Any) -> list[tuple[str, float]]:
    if isinstance(value, str) and value.startswith("0x") and len(value) % 2 == 0:
        value = bytes.fromhex(value[2:])
    if isinstance(value, bytes):
        bits = np.unpackbits(np.frombuffer(value, dtype=np.uint8))
        return [(f"{name} bytes", float(len(value))), *((f"{name} bit {at}", float(bit)) for at, bit in enumerate(bits))]
    if isinstance(value, datetime):
        value = value.timestamp()
    if isinstance(value, bool | int):
        low = [(f"{name} low bit {at}", float(int(value) >> at & 1)) for at in range(LOW_BITS)]
        return [(name, float(value)), (f"{name} mod 3", float(value % 3)), *low]
    if isinstance(value, float):
        return [(name, value)]
    if isinstance(value, str):
        return [
            (f"{name} letters", float(len(value))),
            *((f"{name} letter {at}", float(ord(one))) for at, one in enumerate(value[:LETTERS])),
        ]
    return []
