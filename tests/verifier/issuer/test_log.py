"""The log: every change to it is found and named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eth_utils.crypto import keccak
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from verifier.issuer.log import LogBroken, LogHead, LogRow, append, canonical, head, read, read_all, verify_log
from verifier.issuer.store import Database

POLLS = ["0x" + "11" * 20, "0x" + "22" * 20]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "issuer.sqlite3")
    for number in range(6):
        with database.begin() as connection:
            append(connection, 1_767_225_600 + number, {"kind": "credential_issued", "poll": POLLS[number % 2], "index": number})
    yield database
    database.close()


def rows_of(database: Database) -> list[LogRow]:
    with database.begin() as connection:
        return list(read_all(connection))


def changed(row: LogRow, **facts: object) -> LogRow:
    entry = json.dumps(json.loads(row.entry) | facts, sort_keys=True, separators=(",", ":"))
    return replace(row, entry=entry)


def test_a_whole_log_ends_with_its_head(database: Database) -> None:
    with database.begin() as connection:
        assert verify_log(read_all(connection)) == head(connection)
        assert head(connection).seq == 6
    assert rows_of(database)[0].as_json()["time"] == "2026-01-01T00:00:00Z"


def test_a_changed_entry_is_named(database: Database) -> None:
    rows = rows_of(database)
    rows[2] = changed(rows[2], index=99)
    with pytest.raises(LogBroken, match="entry 3: its hash"):
        verify_log(rows)


def test_a_changed_entry_with_a_new_hash_is_named_by_the_next(database: Database, tmp_path: Path) -> None:
    other = Database(tmp_path / "other.sqlite3")
    for number in range(6):
        with other.begin() as connection:
            append(connection, 1_767_225_600 + number, {"kind": "credential_issued", "poll": POLLS[number % 2], "index": number or 77})
    rows = [rows_of(other)[0], *rows_of(database)[1:]]
    with pytest.raises(LogBroken, match="entry 2: it does not follow"):
        verify_log(rows)


def test_a_removed_and_a_moved_entry_are_named(database: Database) -> None:
    rows = rows_of(database)
    with pytest.raises(LogBroken, match="entry 4: missing"):
        verify_log(rows[:3] + rows[4:])
    with pytest.raises(LogBroken, match="entry 2: it stands at another place"):
        verify_log([rows[0], replace(rows[2], seq=2), replace(rows[1], seq=3), *rows[3:]])


def test_a_cut_off_end_shows_against_a_noted_head(database: Database) -> None:
    rows = rows_of(database)
    noted = LogHead(rows[5].seq, rows[5].hash)
    assert verify_log(rows, noted) == noted
    with pytest.raises(LogBroken, match="entry 5: missing, the log had 6"):
        verify_log(rows[:4], noted)
    with pytest.raises(LogBroken, match="entry 6: another entry"):
        verify_log(rows, LogHead(6, "0x" + "00" * 32))


@pytest.mark.parametrize("statement", ["UPDATE log SET entry = '{}' WHERE seq = 2", "DELETE FROM log WHERE seq = 6"])
def test_the_database_itself_refuses_changes(database: Database, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), database.begin() as connection:
        connection.execute(text(statement))
    assert len(rows_of(database)) == 6


def test_pages_by_poll(database: Database) -> None:
    with database.begin() as connection:
        assert [row.seq for row in read(connection, POLLS[1])] == [2, 4, 6]
        assert [row.seq for row in read(connection, POLLS[1], after=2, most=1)] == [4]
        assert [row.seq for row in read(connection, after=4)] == [5, 6]


def chained_anew(rows: list[LogRow], **facts: object) -> list[LogRow]:
    """Rows whose third entry says something else, with every hash after it made anew, as whoever owns the database could."""
    found: list[LogRow] = []
    for row in rows:
        entry = json.loads(row.entry) | ({"prev_hash": found[-1].hash} if found else {}) | (facts if row.seq == 3 else {})
        text = canonical(entry)
        found.append(LogRow(row.seq, "0x" + keccak(text.encode()).hex(), text))
    return found


@pytest.mark.parametrize("facts", [{"poll_seq": 3}, {"poll_seq": 1}, {"poll_prev": "0x" + "11" * 32}, {"poll": POLLS[1]}])
def test_a_place_in_a_polls_chain_that_is_not_the_next_is_named(database: Database, facts: dict[str, object]) -> None:
    rows = rows_of(database)
    assert [json.loads(row.entry)["poll_seq"] for row in rows] == [1, 1, 2, 2, 3, 3]
    with pytest.raises(LogBroken, match="entry 3: it does not follow the entry before it about the same poll"):
        verify_log(chained_anew(rows, **facts))


def test_an_entry_without_a_place_is_of_the_first_release_only(database: Database) -> None:
    rows = rows_of(database)
    changed_entry = {name: value for name, value in json.loads(rows[2].entry).items() if name not in {"poll_seq", "poll_prev"}}
    text = canonical(changed_entry)
    with pytest.raises(LogBroken, match="entry 3: it does not follow"):
        verify_log([*rows[:2], LogRow(3, "0x" + keccak(text.encode()).hex(), text), *rows[3:]])


def test_entries_about_no_poll_stand_in_no_polls_chain(database: Database) -> None:
    with database.begin() as connection:
        append(connection, 1_767_225_700, {"kind": "master_key_rotated", "poll": ""})
    entry = json.loads(rows_of(database)[-1].entry)
    assert not {"poll_seq", "poll_prev"} & set(entry)
    with database.begin() as connection:
        assert verify_log(read_all(connection)) == head(connection)
