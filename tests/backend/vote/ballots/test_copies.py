"""Copies and the journal: an older database comes back with every receipted ballot; and no copy, file or block names a lender."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic import command

from backend.ground.db import schema
from backend.ground.db.sessions import open_engine, open_sessions
from backend.vote.ballots.journal import Journal
from backend.vote.ballots.receipts import Receipt
from scripts.cli.backup import SQLITE_FILE, back_up, restore
from tests import databases
from tests.backend.ground.chain.world import whole_answer
from tests.backend.vote.ballots.world import AGAINST, FOR, LENDERS, Vote, World, id_number, mobile_of


@pytest.fixture
def copied(world: World) -> World:
    """A world whose database is a file; PostgreSQL's own programs copy the others."""
    if databases.current() != databases.SQLITE:
        pytest.skip("copies of PostgreSQL are made by pg_dump; run with LENDERVOTE_TEST_DATABASES=sqlite")
    world.settings.database_url = databases.url_for(world.folder / "db.sqlite3")
    engine = open_engine(world.settings.database_url)
    with engine.begin() as connection:
        # These tests' tables came without revisions; an installation's have them.
        command.stamp(schema._config(connection, None), "head")
    engine.dispose()
    return world


def test_a_copy_made_under_load_is_whole_and_the_journal_brings_the_rest(copied: World, vote: Vote, tmp_path: Path) -> None:
    receipts = [vote.take(0, FOR)]
    ending = threading.Event()
    later: list[Receipt] = []

    def go_on() -> None:
        for sequence in range(1, 9):
            later.extend(vote.take(index, AGAINST, sequence) for index in range(1, 5))
        ending.set()

    load = threading.Thread(target=go_on)
    load.start()
    back_up(copied.settings, tmp_path / "copy")
    load.join()
    assert ending.is_set()
    receipts += later
    apart = copied.settings.model_copy(
        update={"database_url": f"sqlite:///{tmp_path / 'back.sqlite3'}", "journal_dir": copied.settings.resolved_journal_dir}
    )
    put_back = restore(apart, tmp_path / "copy")["ballots_put_back"]
    assert 0 <= put_back <= len(receipts)
    engine = open_engine(apart.database_url)
    with engine.connect() as connection:
        there = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT number, receipt_signature FROM ballots")}
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert {receipt.number: receipt.signature for receipt in receipts}.items() <= there.items()
    assert Journal(apart.resolved_journal_dir).replay(open_sessions(engine)) == 0, "what is there is not put back twice"
    engine.dispose()


def test_a_line_half_written_in_a_power_cut_spoils_no_other(copied: World, vote: Vote, tmp_path: Path) -> None:
    first = vote.take(6, FOR)
    (file,) = copied.settings.resolved_journal_dir.glob("receipts-*.jsonl")
    with file.open("a") as lines:
        lines.write('{"poll_id": "half a li')
    second = vote.take(7, FOR)
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    empty = copied.settings.model_copy(update={"database_url": url, "journal_dir": copied.settings.resolved_journal_dir})
    from scripts.cli.backup import replay

    assert replay(empty) >= 2
    engine = open_engine(url)
    with engine.connect() as connection:
        numbers = {row[0] for row in connection.exec_driver_sql("SELECT number FROM ballots")}
    engine.dispose()
    assert {first.number, second.number} <= numbers


def test_nothing_written_names_a_lender(copied: World, vote: Vote, tmp_path: Path) -> None:
    """Identity numbers, phones and names of every lender: in the database with its write-ahead log, the journal, a copy, the chain."""
    vote.take(8, FOR)
    copied.ballots.relay_once()
    back_up(copied.settings, tmp_path / "copy")
    places = {
        "database": databases.stored_in(copied.folder / "db.sqlite3"),
        "journal": b"".join(path.read_bytes() for path in copied.settings.resolved_journal_dir.iterdir()),
        "copy": (tmp_path / "copy" / SQLITE_FILE).read_bytes(),
        "chain": chain_of(copied),
    }
    surnames = "赵钱孙李周吴郑王冯陈褚卫"
    found = [
        f"{place}: {canary}"
        for place, stored in places.items()
        for number in range(LENDERS)
        for canary in (id_number(number), mobile_of(number), f"{surnames[number]}测试")
        if canary.encode() in stored or canary.encode().hex().encode() in stored
    ]
    assert found == []
    assert all(len(stored) > 100 for stored in places.values())


def chain_of(world: World) -> bytes:
    """Every transaction's input and every event, as hex and as bytes."""
    node = world.anvil.node
    pieces = []
    for number in range(node.block().number + 1):
        block = whole_answer(node, "eth_getBlockByNumber", hex(number), True)
        pieces += [transaction["input"][2:] for transaction in block["transactions"]]
        pieces += [log["data"][2:] for log in node.ask("eth_getLogs", {"fromBlock": hex(number), "toBlock": hex(number)})]
    joined = "".join(pieces)
    return bytes.fromhex(joined) + joined.encode()
